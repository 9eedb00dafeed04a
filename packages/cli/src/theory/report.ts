import type { Table } from '@diffeo/data'
import { type Estimate, type TheoryError, theory } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'

/** What no linear flow exceeds on a table, as `--json` prints it. Log-likelihoods are means per row in nats. */
export interface TheoryReport {
  readonly data: string
  readonly rows: number
  readonly columns: readonly string[]
  /** In standard deviations of the columns, and in the data's own units. */
  readonly standardised: Ceilings
  readonly originalUnits: Ceilings
  /** What the distribution's own density reaches on average, its negative entropy, in both units; of toy data alone. */
  readonly exact: { readonly standardised: number; readonly originalUnits: number } | null
  /** What the best linear map of these rows is to be expected to lose on other rows of their distribution. */
  readonly lostOnOtherRows: number
  /** How much the way back from a standard normal base must stretch somewhere, of every exact flow. */
  readonly inverseStretch: {
    readonly standardised: Estimate
    readonly originalUnits: Estimate
    /** Ends of columns with tails heavier than a normal's: where there are any, no finite stretch reaches the data. */
    readonly heavyTails: readonly theory.HeavyTail[]
  }
  readonly probabilisticPCA: {
    readonly units: theory.PcaUnits
    /** Of the covariance in these units, descending. */
    readonly eigenvalues: readonly number[]
    readonly curve: readonly theory.PcaPoint[]
  }
  /** The file of the picture. */
  readonly picture: string
}

export interface Ceilings {
  readonly independentGaussian: Estimate
  readonly linear: Estimate
}

/** What a report says besides the numbers. */
export interface About {
  readonly units: theory.PcaUnits
  readonly data: string
  readonly picture: string
  readonly entropy: number | undefined
}

/** The ceilings of a table, or why it has none. */
export const theoryOf = (t: Table, { units, data, picture, entropy }: About): E.Either<TheoryError, TheoryReport> => {
  const ceiling = theory.linearCeiling(t)
  if (E.isLeft(ceiling)) return ceiling
  const pca = theory.probabilisticPCA(t, { units })
  if (E.isLeft(pca)) return pca
  const stretch = theory.inverseStretchBound(t)
  if (E.isLeft(stretch)) return stretch
  const { columns, rows, standardised, original, lostOnOtherRows } = ceiling.right
  const shift = original.independent.value - standardised.independent.value
  return E.right({
    data,
    rows,
    columns,
    standardised: ceilingsOf(standardised),
    originalUnits: ceilingsOf(original),
    exact: entropy === undefined ? null : { standardised: -entropy - shift, originalUnits: -entropy },
    lostOnOtherRows,
    inverseStretch: {
      standardised: stretch.right.standardised.bound,
      originalUnits: stretch.right.original.bound,
      heavyTails: stretch.right.heavyTails,
    },
    probabilisticPCA: { units, eigenvalues: Array.from(pca.right.eigenvalues), curve: pca.right.curve },
    picture,
  })
}

const ceilingsOf = ({ independent, linear }: theory.Ceiling): Ceilings => ({ independentGaussian: independent, linear })
