import type { Node } from '../../../tensor/tensor.ts'
import type { Format } from '../format.ts'
import type { Addresses, Launch } from './kernel.ts'
import { stateJoin, stateJoinBytes } from './stateJoin.ts'
import { rowBytes } from './states.ts'
import { sumJoin } from './sumJoin.ts'

/** A join with a state for each part of the tiles. It begins as zeros; every tile of the part is put in. */
export interface JoinLaunches {
  /** Launched for every tile. */
  readonly absorb: readonly Launch[]
  /** Launched once all parts have their states: joins them in order, and makes the result of them. */
  readonly finish: Launch
}

/** Bytes of a join's state, in whole vectors. */
export const stateBytes = (node: Node, format: Format): number => stateJoinBytes(node, format) || rowBytes(node, format)

/**
 * The launches of a join; null where this target has none. `offset` is where in the states of a part its own is, and
 * `stride` the bytes from one part's states to the next's.
 */
export const joinLaunches = (node: Node, offset: number, stride: number, at: Addresses): JoinLaunches | null =>
  sumJoin(node, offset, stride, at) ?? stateJoin(node, offset, stride, at)
