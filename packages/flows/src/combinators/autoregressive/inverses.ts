import { abs, add, concat, type Example, equal, lanes, max, slice, sub, sum, until, zeros } from '@diffeo/autodiff'
import type { WithLogDet } from '../../bijector.ts'
import type { MaskedNetwork } from '../../conditioners/masked.ts'
import { rawParameters, type Transform } from '../../transform.ts'

/** What the two inverses share: a network over coordinates in order of rank, and the maps that its numbers choose. */
export interface Sorted {
  readonly transform: Transform
  readonly network: MaskedNetwork
  /** Ranks of the coordinates in that order. */
  readonly ranks: readonly number[]
}

/**
 * One rank after another: each finds its numbers from the coordinates before it, and every unit of the network is
 * computed once, so that all steps together cost about one pass.
 */
export const incrementalInverse = (
  { transform, network, ranks }: Sorted,
  params: unknown,
  z: Example,
  context: Example | undefined,
): WithLogDet => {
  const values: Example[] = []
  const logDerivatives: Example[] = []
  const last = ranks.at(-1)!
  let known = network.start(context)
  for (let rank = 0; rank <= last; rank++) {
    const start = ranks.indexOf(rank)
    const stop = ranks.lastIndexOf(rank) + 1
    const grown = network.grow(params, known, rank)
    const raw = rawParameters(transform, grown.output, stop - start)
    const { value, logDerivative } = transform.inverse(raw, slice(z, 0, start, stop))
    values.push(value)
    logDerivatives.push(logDerivative)
    if (rank < last) known = network.learn(grown.known, value)
  }
  return { value: concat(values), logDet: sum(concat(logDerivatives)) }
}

/**
 * All coordinates at once, over and over, each time with the numbers that the last values give: after r rounds the
 * coordinates of the r lowest ranks are right, so as many rounds as ranks are enough, and fewer where nothing moves
 * any more.
 *
 * @see Song, Meng, Liao & Ermon 2021, Accelerating feedforward computation via parallel nonlinear equation solving
 */
export const jacobiInverse = (
  { transform, network, ranks }: Sorted,
  params: unknown,
  z: Example,
  context: Example | undefined,
): WithLogDet => {
  interface Round {
    readonly x: Example
    readonly logDet: Example
    /** Largest move of the last round. */
    readonly moved: Example
  }
  const start = lanes.spread(zeros(z.shape))
  const first: Round = { x: start, logDet: sum(start), moved: add(1, sum(start)) }
  const [found] = until(
    ranks.at(-1)! + 1,
    first,
    ({ moved }) => equal(moved, 0),
    ({ x }) => {
      const raw = rawParameters(transform, network.apply(params, x, context), ranks.length)
      const { value, logDerivative } = transform.inverse(raw, z)
      return { x: value, logDet: sum(logDerivative), moved: max(abs(sub(value, x))) }
    },
  )
  return { value: found.x, logDet: found.logDet }
}
