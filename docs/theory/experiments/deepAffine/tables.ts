import { markdownTable } from '../markdown.ts'
import type { Setting } from './grid.ts'
import { depths, most, names } from './order.ts'
import { FAR } from './rows.ts'
import type { Run, Trained, Trip } from './run.ts'

const median = (xs: readonly number[]): number => {
  const sorted = xs.toSorted((a, b) => a - b)
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return below === undefined || above === undefined ? Number.NaN : below === above ? below : (below + above) / 2
}
/** Short, whatever the size; a dash where there is nothing. */
const short = (x: number): string => {
  if (Number.isNaN(x) || x === -Infinity) return '-'
  if (x === Infinity) return '∞'
  return x !== 0 && (x >= 1e4 || x < 0.01) ? x.toExponential(0).replace('e+', 'e') : Number(x.toPrecision(2)).toString()
}
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`)
const total = (trips: readonly Trip[], f: (trip: Trip) => number): number =>
  trips.reduce((sum, trip) => sum + f(trip), 0)

/** All trainings of one constraint and depth: everything but the first column is of those that ended. */
const line = (own: readonly Run[]): readonly string[] => {
  const flows = own.flatMap(({ flow }): readonly Trained[] => (flow ? [flow] : []))
  const heldOut = flows.map((flow) => flow.heldOut)
  const far = flows.flatMap((flow) => FAR.map((kind) => flow.far[kind]))
  const exploding = (trips: readonly Trip[], f: (trip: Trip) => number): string =>
    percent(
      total(trips, f),
      total(trips, ({ rows }) => rows),
    )
  const likelihoods = flows.map(({ logLikelihood }) => logLikelihood)
  return [
    `${own.length - flows.length} of ${own.length}`,
    ...[most(likelihoods), median(likelihoods)].map((x) => (Number.isFinite(x) ? x.toFixed(2) : short(x))),
    `${short(median(flows.map(({ there }) => there)))}, ${short(most(flows.map(({ there }) => there)))}`,
    `${short(median(flows.map(({ back }) => back)))}, ${short(most(flows.map(({ back }) => back)))}`,
    short(most(heldOut.map(({ largest }) => largest))),
    ...FAR.map((kind) => short(most(flows.map((flow) => flow.far[kind].largest)))),
    exploding(heldOut, ({ inverses }) => inverses),
    exploding(far, ({ inverses }) => inverses),
    exploding(far, ({ densities }) => densities),
  ]
}

/** One line for each depth and constraint, over learning rates and seeds. */
export const tableOf = (data: Setting['data'], runs: readonly Run[]): string =>
  markdownTable(
    [
      'layers, constraint',
      'diverged',
      'best log p',
      'median log p',
      'stretch there: median, most',
      'and back: median, most',
      'round trip: held out',
      ...FAR,
      'exploding inverses: held out',
      'far',
      'exploding densities: far',
    ],
    depths.flatMap((depth) =>
      names.map((constraint) => [
        `${depth}, ${constraint}`,
        ...line(runs.filter(({ setting: s }) => s.data === data && s.depth === depth && s.constraint === constraint)),
      ]),
    ),
  )
