import { aligned } from '../text/columns.ts'
import { count, counted, duration, fixed, nats, short } from '../text/number.ts'
import type { WorstRow } from './evaluate.ts'
import { showFlow } from './flowChoice.ts'
import type { Report } from './report.ts'

/** A fit as text for people, on the terminal and in `summary.txt`. */
export const summaryOf = (r: Report): readonly string[] => [
  ...heading(r),
  '',
  ...likelihoods(r),
  ...(r.sought === null || r.auc === null ? [] : ['', ...found(r)]),
  '',
  ...soundness(r),
]

/** What was fitted, and how. */
export const heading = (r: Report): readonly string[] =>
  named([
    ['data', `${r.data}, ${counted(r.columns.length, 'column')}, split: ${r.split}`],
    [
      'rows',
      `${count(r.rows.training)} to train, ${count(r.rows.validation)} to validate, ${count(r.rows.test)} to test`,
    ],
    ...(r.trainWhere === null ? [] : [['only', r.trainWhere] as const]),
    ['flow', `${showFlow(r.flow)}, ${counted(r.parameters, 'parameter')}`],
    ['fit', `${counted(r.epochs, 'epoch')}, the ${ordinal(r.bestEpoch)} kept; seed ${r.seed}; ${duration(r.seconds)}`],
    ['trained on', r.engine],
    ['judged on', r.judge],
  ])

/** The flow beside what it is to be compared with. */
export const likelihoods = (r: Report): readonly string[] => {
  const units = r.testLogLikelihoodOriginalUnits - r.testLogLikelihood
  // Reports of earlier models do not say.
  const exact = r.exact ?? null
  const row = (name: string, x: number): readonly string[] => [name, nats(x), nats(x + units)]
  return [
    ...aligned([
      ['mean log-likelihood per row, nats', 'standardised', 'original units'],
      row(`  this flow, test rows (± ${nats(r.testStandardError)})`, r.testLogLikelihood),
      row('  fitted Gaussian, same rows', r.gaussianTest.full),
      row('  fitted Gaussian of independent columns', r.gaussianTest.independent),
      row('  ceiling of every linear flow, training rows', r.ceilings.linear),
      row('  ceiling of independent columns', r.ceilings.independentGaussian),
      ...(exact === null ? [] : [row('  exact density, on average', exact.standardised)]),
    ]),
    `The flow is ${above(r.aboveGaussian)} the better Gaussian,`,
    `and ${above(r.aboveLinearCeiling)} the ceiling of every linear flow.`,
    ...(exact === null
      ? []
      : [
          `It is ${above(r.testLogLikelihood - exact.standardised)} the exact density, which no model exceeds on average.`,
        ]),
  ]
}

/** How well what is sought is found by low density. */
export const found = (r: Report): readonly string[] => [
  ...aligned([
    [`search for ${r.sought} by low density`, 'ROC AUC', 'average precision'],
    ['  this flow', fixed(r.auc!, 4), fixed(r.averagePrecision!, 4)],
    ['  fitted Gaussian', fixed(r.gaussianAuc!, 4), fixed(r.gaussianAveragePrecision!, 4)],
  ]),
]

/** What tells whether the numbers above can be trusted. */
export const soundness = (r: Report): readonly string[] =>
  named([
    ['round-trip error, test rows', `${short(r.roundTripError, 2)} standard deviations`],
    ['latent mean, training rows', `${range(r.latentMean)} (0 at an optimum)`],
    ['latent second moment', `${range(r.latentSecondMoment)} (1 at an optimum)`],
    ...(r.volumeBalance === null
      ? []
      : [['volume balance', `${nats(r.volumeBalance)} nats (0 at an optimum)`] as const]),
    ['worst test rows', r.worstTestRows.slice(0, SHOWN).map(showRow).join(', ')],
  ])

/** Of the worst rows, so that they fit in a line; the report holds more. */
const SHOWN = 3
const showRow = ({ row, logLikelihood }: WorstRow): string => `row ${row} (${fixed(logLikelihood, 1)})`

/** Names to the left, what they name beside them. */
const named = (lines: readonly (readonly [string, string])[]): readonly string[] => {
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}

const range = (xs: readonly number[]): string => `${fixed(Math.min(...xs), 3)} to ${fixed(Math.max(...xs), 3)}`
const above = (x: number): string => `${nats(Math.abs(x))} nats ${x < 0 ? 'below' : 'above'}`
const ordinal = (n: number): string => {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[n % 10] ?? 'th')
  return `${count(n)}${ending}`
}
