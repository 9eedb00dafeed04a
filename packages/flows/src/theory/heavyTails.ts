import { constant, erfInverse, evaluate, mul } from '@diffeo/autodiff'
import type { Dataset } from '../train/dataset.ts'

/** One end of a column that reaches further out than any normal's. */
export interface HeavyTail {
  readonly column: string
  readonly side: 'lower' | 'upper'
  /**
   * How the distance from the median grows with the normal quantile of its rank, as a power: 1 for every normal, more
   * where the tail is heavier (about 1.3 for a logistic, 1.5 for a Laplace, 3 for a squared normal's upper one).
   */
  readonly power: number
  readonly standardError: number
  /** Rows that were looked at: the outermost. */
  readonly rows: number
}

/** The outermost rows of each end, as a share. */
const SHARE = 0.02
/** Fewer say nothing of a tail. */
const LEAST = 20
/** Standard errors above 1 before a tail is called heavy. */
const CONFIDENCE = 4

/**
 * Ends of columns that grow faster than a normal's as far out as the rows reach: Hill's estimate of the growth, with the
 * normal's own in place of the logarithm. A sample never shows what lies beyond it: not found is not proven light.
 *
 * @see Hill 1975, A simple general approach to inference about the tail of a distribution; Gardes & Girard 2008, Estimation
 * of the Weibull tail-coefficient with linear combination of upper order statistics
 */
export const heavyTails = ({ columns, rows, data }: Dataset): readonly HeavyTail[] => {
  const count = Math.floor(rows * SHARE)
  if (count < LEAST) return []
  const reach = normalReach(count, rows)
  return columns.flatMap((column, j) => {
    const sorted = Float64Array.from({ length: rows }, (_, i) => data[i * columns.length + j]!).sort()
    const middle = (sorted[(rows - 1) >> 1]! + sorted[rows >> 1]!) / 2
    const sides = [
      { side: 'lower', distance: (i: number) => middle - sorted[i]! },
      { side: 'upper', distance: (i: number) => sorted[rows - 1 - i]! - middle },
    ] as const
    return sides.flatMap(({ side, distance }) => {
      const inner = Math.log(distance(count))
      let grown = 0
      for (let i = 0; i < count; i++) grown += Math.log(distance(i)) - inner
      const power = grown / reach
      const standardError = power / Math.sqrt(count)
      // A column of few values may end in one of them: then nothing grows, or all of it from 0.
      return power - CONFIDENCE * standardError > 1 && Number.isFinite(power)
        ? [{ column, side, power, standardError, rows: count }]
        : []
    })
  })
}

/** Σ over the outermost ranks of log of the normal's quantile, less that of the first one inside. */
const normalReach = (count: number, rows: number): number => {
  const shares = Float64Array.from({ length: count + 1 }, (_, i) => 1 - (2 * (i + 0.5)) / rows)
  const quantiles = evaluate(mul(Math.SQRT2, erfInverse(constant(shares)))).data
  let total = 0
  for (let i = 0; i < count; i++) total += Math.log(quantiles[i]! / quantiles[count]!)
  return total
}
