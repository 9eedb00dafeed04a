import type { Example } from '@diffeo/autodiff'
import type { Spec } from '../bijector.ts'
import type { Parameter } from '../parameters.ts'

/**
 * A network from coordinates in order of rank to `perCoordinate` numbers for each of them, the numbers of one depending
 * on the coordinates of lower rank and the context alone.
 */
export interface MaskedNetwork {
  /** By layer. */
  readonly parameters: readonly { readonly [k: string]: Parameter }[]
  /** All numbers at once, `[d · perCoordinate]`, from all coordinates `[d]`. */
  apply(params: unknown, x: Example, context: Example | undefined): Example
  /** The state before any coordinate is known. */
  start(context: Example | undefined): Known
  /** The numbers of the coordinates of one rank, `[n · perCoordinate]`, when those of lower rank are known; ranks in order. */
  grow(params: unknown, known: Known, rank: number): { readonly known: Known; readonly output: Example }
  /** The state when the coordinates of the next rank, `[n]`, are known too. */
  learn(known: Known, x: Example): Known
}

/** Every unit that could be computed so far, layer by layer: the inputs first. Undefined where there is none yet. */
export type Known = readonly (Example | undefined)[]

/** How to build a masked network once the ranks of its coordinates, ascending, are known. */
export interface MaskedConditioner {
  readonly spec: Spec
  masked(ranks: readonly number[], perCoordinate: number): MaskedNetwork
}
