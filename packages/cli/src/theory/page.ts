import type { Estimate } from '@diffeo/flows'
import { aligned } from '../text/columns.ts'
import { count, counted, fixed, nats, short } from '../text/number.ts'
import type { TheoryReport } from './report.ts'

/** The report as text for people. */
export const pageOf = (r: TheoryReport): readonly string[] => [
  `${r.data}: ${counted(r.rows, 'row')}, ${counted(r.columns.length, 'column')}`,
  '',
  ...aligned([
    ['no linear flow exceeds, mean per row, nats', 'standardised', 'original units'],
    [
      '  independent columns',
      withError(r.standardised.independentGaussian),
      withError(r.originalUnits.independentGaussian),
    ],
    ['  all columns together', withError(r.standardised.linear), withError(r.originalUnits.linear)],
    ...(r.exact === null
      ? []
      : [['  (the exact density reaches)', nats(r.exact.standardised), nats(r.exact.originalUnits)]]),
  ]),
  `On rows that were not fitted the best linear flow loses about ${nats(r.lostOnOtherRows)} nats.`,
  '',
  ...stretchLines(r),
  '',
  ...pcaLines(r),
  '',
  `Picture: ${r.picture}`,
]

const withError = ({ value, standardError }: Estimate): string =>
  standardError === 0 ? nats(value) : `${nats(value)} ± ${nats(standardError)}`

const stretchLines = ({
  inverseStretch: { standardised, originalUnits, heavyTails },
}: TheoryReport): readonly string[] => {
  const inUnits = (e: Estimate): string => `${short(e.value, 4)} ± ${short(e.standardError, 2)}`
  const ends = heavyTails.map(({ column, side, power }) => `"${column}" ${side} (power ${fixed(power, 2)})`)
  return [
    ...aligned([
      ['every exact flow to a normal base has', 'standardised', 'original units'],
      ['  an inverse that stretches somewhere by at least', inUnits(standardised), inUnits(originalUnits)],
    ]),
    ...(ends.length === 0
      ? []
      : [
          `and no finite stretch reaches these tails, which grow faster than a normal's as far as the rows show: ${ends.join(', ')}.`,
        ]),
  ]
}

/** Lines of the table of factors, at most: the first ones, then some up to the last. */
const MOST = 16

const pcaLines = ({ probabilisticPCA: { units, eigenvalues, curve } }: TheoryReport): readonly string[] => {
  const shown = chosen(curve.length)
  return [
    ...aligned([
      [`probabilistic PCA, ${units} columns`, 'log-likelihood', 'below linear', 'noise variance', 'next eigenvalue'],
      ...shown.map((q) => {
        const { logLikelihood, gap, noise } = curve[q]!
        return [`  ${counted(q, 'factor')}`, nats(logLikelihood.value), nats(gap), short(noise), short(eigenvalues[q]!)]
      }),
    ]),
    ...(shown.length < curve.length
      ? [`(${count(shown.length)} of ${count(curve.length)} lines; --json has them all)`]
      : []),
  ]
}

/** 0 … n - 1, thinned out where they are many: each step about a fifth longer than the last. */
const chosen = (n: number): readonly number[] => {
  if (n <= MOST) return Array.from({ length: n }, (_, q) => q)
  const few = Array.from({ length: MOST }, (_, i) =>
    i < 4 ? i : Math.round(3 * ((n - 1) / 3) ** ((i - 3) / (MOST - 4))),
  )
  return [...new Set(few)]
}
