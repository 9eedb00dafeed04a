import type { HostArray } from '@diffeo/autodiff'
import { type Domain, endsOf } from '../domain.ts'
import type { Failure } from './judge.ts'
import type { Points } from './run.ts'

type Lanes = HostArray & { readonly lanes: number }

/** Some of the points. */
export const selectLanes = ({ x, context, lane }: Points, chosen: readonly number[]): Points => ({
  x: pick(x, chosen),
  lane: { ...lane, data: Int32Array.from(chosen, (l) => lane.data[l]!), lanes: chosen.length },
  ...(context && { context: pick(context, chosen) }),
})

const pick = ({ data, shape, lanes: count }: Lanes, chosen: readonly number[]): Lanes => {
  const size = data.length / count
  const picked = new Float64Array(size * chosen.length)
  for (let e = 0; e < size; e++)
    chosen.forEach((lane, l) => {
      picked[e * chosen.length + l] = data[e * count + lane]!
    })
  return { data: picked, shape, lanes: chosen.length }
}

/** A failing point with one coordinate after another replaced by a simpler number, as long as the claim still fails there. */
export const simplest = (
  start: Points,
  known: Failure,
  domain: Domain,
  fails: (points: Points) => Failure | null,
): Failure & { readonly point: readonly number[] } => {
  const ends = endsOf(domain.support)
  let at = start
  let failure = known
  for (let e = 0; ends && e < start.x.data.length; e++)
    for (const simpler of simplerNumbers(at.x.data[e]!)) {
      if (!(ends[0] < simpler && simpler < ends[1])) continue
      const data = Float64Array.from(at.x.data)
      data[e] = simpler
      const tried = { ...at, x: { ...at.x, data } }
      const still = fails(tried)
      if (!still) continue
      at = tried
      failure = still
      break
    }
  return { ...failure, point: [...at.x.data] }
}

const simplerNumbers = (x: number): readonly number[] =>
  [0, 1, Math.round(x), Number(x.toPrecision(1)), Number(x.toPrecision(2))].map(Math.fround).filter((v) => v !== x)
