import { add, and, constant, greaterEqual, lessEqual, mul, random, sum, where } from '@diffeo/autodiff'
import { type Distribution, defineDistribution } from '../distribution.ts'
import { type Domain, type IntervalName, openInterval, type Size, shapeOf } from '../domain.ts'
import { distributionKind, numberIn, sizeIn } from './kinds.ts'
import { lengthOf } from './normalising.ts'

/**
 * Uniform on lower < x < upper in each coordinate, by default on the unit interval. No parameters.
 *
 * log p(x) = -n log(upper - lower), and -∞ outside; the ends count as inside, since a map onto the open interval rounds
 * to them.
 * @throws when the interval is empty
 */
export const uniform = <const L extends number = 0, const U extends number = 1>(
  size: Size,
  lower: L = 0 as L,
  upper: U = 1 as U,
): Distribution<Domain<IntervalName<L, U>>, Record<never, never>> => {
  const shape = shapeOf(size)
  const n = lengthOf(shape)
  const width = upper - lower
  return defineDistribution({
    spec: { kind: 'uniform', options: { shape, lower, upper }, parts: [] },
    domain: openInterval(lower, upper, shape),
    parameters: {},
    logProb: (_, x) => {
      const outside = where(and(greaterEqual(x, lower), lessEqual(x, upper)), 0, -Infinity)
      return add(sum(outside), -n * Math.log(width))
    },
    sample: (_, key) => add(lower, mul(width, random.uniform(key, shape))),
    entropy: () => constant(n * Math.log(width)),
  })
}

export const uniformKind = distributionKind('uniform', (options) =>
  uniform(sizeIn(options), numberIn(options, 'lower'), numberIn(options, 'upper')),
)
