import { type Engine, type Example, lanes, open, random, type Tree, toRows } from '@diffeo/autodiff'
import type { Flow, FlowParams } from '../flow.ts'
import { type Arrays, placeholders } from './arrays.ts'
import { standardUnits } from './standardUnits.ts'

/** Options of `draw`. */
export interface DrawOptions {
  readonly count: number
  /** A whole number from 0; the same seed gives the same rows. By default 0. */
  readonly seed?: number
  /** By default one of its own, `open('auto')`. */
  readonly engine?: Engine
}

/** Rows drawn from a flow. */
export interface Drawn {
  readonly rows: number
  /** `[rows, size]`, row-major. */
  readonly data: Float64Array
  /** Log-density of each, `[rows]`, found on the way: no draw is inverted. */
  readonly logDensities: Float64Array
}

const CHUNK = 16384

/**
 * Rows drawn from a flow. Row i is the same whatever the count. What a first layer of `standardise` does is done in
 * float64 whatever the engine computes in, so that columns far from 0 have all their digits.
 */
export const draw = async (flow: Flow, params: Arrays, { count, seed = 0, engine }: DrawOptions): Promise<Drawn> => {
  const own = engine ?? (await open('auto'))
  const units = standardUnits(flow, params)
  const program = await own.compile(
    (at: Tree<Example>) => {
      const key = random.foldIn(random.foldIn(random.key(seed), 3), lanes.index())
      const { value, logProb } = units.flow.sampleAndLogProb(at as unknown as FlowParams, key)
      return [value, logProb]
    },
    placeholders(params) as Tree<Example>,
    { name: 'sample' },
  )
  const size = flow.domain.shape.reduce((product, n) => product * n, 1)
  const data = new Float64Array(count * size)
  const logProbs = new Float64Array(count)
  for (let from = 0; from < count; from += CHUNK) {
    const part = Math.min(CHUNK, count - from)
    const out = await program.run(params, { lanes: { count: part, offset: from } })
    const [value, logProb] = out as readonly [never, never]
    data.set(toRows(await own.read(value)), from * size)
    logProbs.set(toRows(await own.read(logProb)), from)
    own.release(value)
    own.release(logProb)
  }
  program.dispose()
  if (!engine) own.dispose()
  return { rows: count, data: units.toData(data), logDensities: logProbs.map((x) => x + units.logDet) }
}
