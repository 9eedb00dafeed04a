import { type Engine, type Example, example, type HostArray, lanes, open, random, type Tree } from '@diffeo/autodiff'
import type { Flow, FlowParams } from '../flow.ts'
import { type Arrays, placeholders } from './arrays.ts'
import { gatherer } from './batches.ts'
import type { Dataset } from './dataset.ts'
import { standardUnits } from './standardUnits.ts'

/** Rows in one call: enough to keep an engine busy, few enough to fit any memory. */
const CHUNK = 16384

/** Options of `overRows` and `logDensities`. */
export interface ScoreOptions {
  /** By default one of its own, `open('auto')`. */
  readonly engine?: Engine
  /** For layers that are random themselves. By default 0. */
  readonly seed?: number
}

/**
 * Runs a function of parameters and a row on every row; one array of results, `[rows, size]` row-major, for each tensor
 * that it gives. Splitting into calls does not change a row's numbers. Rows go to the engine as they are: see
 * `logDensities` and `diagnose` for what also holds far from 0 in float32.
 */
export const overRows = async (
  f: (params: FlowParams, x: Example) => readonly Example[],
  flow: Flow,
  params: Arrays,
  data: Dataset,
  options: ScoreOptions = {},
): Promise<readonly Float64Array[]> => {
  const engine = options.engine ?? (await open('auto'))
  const gather = gatherer(data, flow.domain.shape)
  const program = await engine.compile(
    (at: Tree<Example>) => {
      const inputs = at as unknown as { readonly params: FlowParams; readonly batch: Example }
      return f(inputs.params, inputs.batch)
    },
    { params: placeholders(params), batch: example(flow.domain.shape) } as Tree<Example>,
    { name: 'score' },
  )
  const results: Float64Array[] = []
  for (let from = 0; from < data.rows; from += CHUNK) {
    const count = Math.min(CHUNK, data.rows - from)
    const places = Uint32Array.from({ length: count }, (_, i) => from + i)
    const out = await program.run({ params, batch: gather(places) }, { lanes: { count, offset: from } })
    for (const [k, handle] of (out as readonly Parameters<Engine['read']>[0][]).entries()) {
      const array = await engine.read(handle)
      engine.release(handle)
      const size = array.shape.reduce((product, n) => product * n, 1)
      results[k] ??= new Float64Array(size * data.rows)
      scatter(array, results[k], from, count, size)
    }
  }
  program.dispose()
  if (!options.engine) engine.dispose()
  return results
}

/** Lanes innermost to rows outermost; a result that does not vary is the same for every row. */
const scatter = ({ data, lanes: own }: HostArray, into: Float64Array, from: number, count: number, size: number) => {
  for (let l = 0; l < count; l++)
    for (let e = 0; e < size; e++) into[(from + l) * size + e] = data[own === undefined ? e : e * count + l]!
}

/** A key for each row, for layers that are random themselves; apart from those of a training or of `draw`. */
export const rowKey = (seed: number): Example => random.foldIn(random.foldIn(random.key(seed), 1), lanes.index())

/**
 * Log-density of every row, `[rows]`, nats, in the units of the data. What a first layer of `standardise` does is done
 * in float64 whatever the engine computes in, so that columns far from 0 lose nothing.
 */
export const logDensities = async (
  flow: Flow,
  params: Arrays,
  data: Dataset,
  options: ScoreOptions = {},
): Promise<Float64Array> => {
  const key = rowKey(options.seed ?? 0)
  const units = standardUnits(flow, params)
  const density = (p: FlowParams, x: Example): readonly Example[] => [units.flow.logProb(p, x, { key })]
  const [densities] = await overRows(density, flow, params, units.toStandard(data), options)
  return densities ? densities.map((x) => x + units.logDet) : new Float64Array(0)
}
