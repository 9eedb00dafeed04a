import * as E from 'fp-ts/lib/Either.js'
import type { TheoryError } from './error.ts'

/** How well a score puts the positives before the others; 1 is perfect. */
export interface Ranking {
  /** The share of pairs of a positive and another that are in the right order, ties counted half: area under the ROC curve. */
  readonly auc: number
  /**
   * Σ (R_k - R_{k-1}) P_k over the distinct scores in descending order, R recall and P precision of all rows that score
   * at least that much; rows of one score enter together, so the order of the rows does not matter.
   */
  readonly averagePrecision: number
}

/**
 * Area under the ROC curve (Mann and Whitney's statistic with mid-ranks) and average precision of scores that should be
 * high for positives. Infinite scores are ranked like others.
 *
 * - Fails: with `OneClass` where all rows or none are positive. Throws on a NaN and on lists of different lengths.
 *
 * @see Hanley & McNeil 1982, The meaning and use of the area under a ROC curve
 */
export const ranking = (scores: ArrayLike<number>, positive: ArrayLike<boolean>): E.Either<TheoryError, Ranking> => {
  const n = scores.length
  if (positive.length !== n) throw new RangeError(`ranking: ${n} scores for ${positive.length} labels`)
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) => {
    const [a, b] = [scores[i]!, scores[j]!]
    return a > b ? -1 : a < b ? 1 : 0
  })
  let positives = 0
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(scores[i]!)) throw new RangeError(`ranking: the score of row ${i} is NaN`)
    if (positive[i]) positives++
  }
  const others = n - positives
  if (positives === 0 || others === 0) return E.left({ _tag: 'OneClass', rows: n, positives })
  let found = 0
  let passed = 0
  let pairs = 0
  let averagePrecision = 0
  for (let start = 0; start < n; ) {
    let end = start
    let here = 0
    while (end < n && scores[order[end]!] === scores[order[start]!]) if (positive[order[end++]!]) here++
    const rest = end - start - here
    pairs += here * (others - passed - rest / 2)
    found += here
    passed += rest
    averagePrecision += (here / positives) * (found / (found + passed))
    start = end
  }
  return E.right({ auc: pairs / (positives * others), averagePrecision })
}
