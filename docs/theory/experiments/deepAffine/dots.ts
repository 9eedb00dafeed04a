import { type Strips, stripsOf } from '../strips.ts'
import { DATA } from './grid.ts'
import { depths, most, names } from './order.ts'
import { FAR } from './rows.ts'
import type { Run, Trained } from './run.ts'

/** Every training as a dot: what it reached, and how far off float32 comes back. */
export const pictureOfRuns = (runs: readonly Run[]): string =>
  stripsOf(
    'Deep affine couplings: every dot is one training',
    { groups: names, series: depths.map((depth) => `${depth} layers`), missing: 'diverged' },
    DATA.map((data) => [
      panel(runs, data, 'held-out log-likelihood', likelihoods(runs, data), ({ logLikelihood }) => logLikelihood),
      panel(runs, data, 'round trip, held-out rows', powers, ({ heldOut }) => Math.log10(heldOut.largest)),
      panel(runs, data, 'round trip, far inputs', powers, (flow) => Math.log10(farthest(flow))),
    ]),
  )

const panel = (
  runs: readonly Run[],
  data: string,
  title: string,
  axis: Pick<Strips, 'low' | 'high' | 'ticks'>,
  value: (flow: Trained) => number,
): Strips => ({
  title: `${data}: ${title}`,
  ...axis,
  dots: runs
    .filter(({ setting }) => setting.data === data)
    .map(({ setting: { constraint, depth }, flow }) => ({
      group: names.indexOf(constraint),
      series: depths.indexOf(depth),
      value: flow && value(flow),
    })),
})
const powers = {
  low: -8,
  high: 4,
  ticks: [-8, -6, -4, -2, 0, 2, 4].map((at) => ({ at, text: `1e${at}` })),
}
const likelihoods = (runs: readonly Run[], data: string): Pick<Strips, 'low' | 'high' | 'ticks'> => {
  const own = runs.flatMap(({ setting, flow }) => (flow && setting.data === data ? [flow.logLikelihood] : []))
  const finite = own.filter(Number.isFinite).toSorted((a, b) => a - b)
  // Some trainings end so low that the others could not be told apart.
  const [low, high] = [finite[Math.floor(finite.length * 0.1)]!, finite.at(-1)!]
  const step = [0.1, 0.2, 0.5, 1, 2, 5].find((size) => (high - low) / size < 6) ?? 10
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)]
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => ({
    at: step * (first + i),
    text: (step * (first + i)).toFixed(step < 1 ? 1 : 0),
  }))
  return { low: step * first, high: step * last, ticks }
}
const farthest = (flow: Trained): number => most(FAR.map((kind) => flow.far[kind].largest))
