import { type Engine, type Example, example, openReference, perturbed, reshape, type Tree } from '@diffeo/autodiff'
import type { FlowParams } from '../flow.ts'
import { type Arrays, mapArrays, placeholders } from '../train/arrays.ts'
import { gatherer } from '../train/batches.ts'
import type { Dataset } from '../train/dataset.ts'
import { overRows, rowKey } from '../train/score.ts'
import type { LayeredFlow } from './layersOfFlow.ts'

/** What an engine in float32 makes of rows, and of latents; distances in the layers' own units, `[rows]` each. */
export interface Float32Errors {
  /** |x - toData(toLatent(x))| */
  readonly toLatentAndBack: Float64Array
  /** |z - toLatent(toData(z))| */
  readonly toDataAndBack: Float64Array
  /** |log p in float32 - log p in float64|, nats. */
  readonly logDensity: Float64Array
  /** log p in float64 at the points rounded to float32, in the layers' own units. */
  readonly exact: Float64Array
}

/** Points are rounded to float32 before anything is measured, so that what is seen is the flow's. */
export const float32Errors = async (
  { units, layers }: LayeredFlow,
  params: Arrays,
  data: Dataset,
  latents: Float64Array,
  engines: { readonly float32: Engine; readonly float64: Engine },
  seed: number,
): Promise<Float32Errors> => {
  const { flow } = units
  const given = { key: rowKey(seed) }
  const n = data.columns.length
  const rounded = { ...data, data: data.data.map(Math.fround) }
  const z = { ...data, data: latents.map(Math.fround) }
  const latentShape = layers.at(-1)?.layer.codomain.shape ?? flow.domain.shape
  const density = (at: FlowParams, x: Example): readonly Example[] => [flow.logProb(at, x, given)]
  const [back, low] = await overRows(
    (at, x) => [
      reshape(flow.toData(at, flow.toLatent(at, x, given).value, given).value, [n]),
      flow.logProb(at, x, given),
    ],
    flow,
    params,
    rounded,
    { engine: engines.float32 },
  )
  const [again] = await overRows(
    (at, x) => [reshape(flow.toLatent(at, flow.toData(at, reshape(x, latentShape), given).value, given).value, [n])],
    flow,
    params,
    z,
    { engine: engines.float32 },
  )
  const [high] = await overRows(density, flow, params, rounded, { engine: engines.float64 })
  return {
    toLatentAndBack: distances(back!, rounded.data, n),
    toDataAndBack: distances(again!, z.data, n),
    logDensity: low!.map((x, i) => (x === high![i] ? 0 : Math.abs(x - high![i]!))),
    exact: high!,
  }
}

const distances = (a: Float64Array, b: Float64Array, n: number): Float64Array =>
  Float64Array.from({ length: a.length / n }, (_, i) =>
    Math.hypot(...Array.from({ length: n }, (_, j) => a[i * n + j]! - b[i * n + j]!)),
  )

const RUNS = 4
/** Times the largest deviation of the runs: what the laws of this library allow an engine. */
const ALLOWED = 4

/**
 * What float32 may change of each row's log-density: the float64 reference runs the same program with every operation off
 * at random by what its row allows a float32 engine, a few times over. `[rows]`, nats.
 */
export const predictedLogDensityError = (
  { units }: LayeredFlow,
  params: Arrays,
  data: Dataset,
  seed: number,
): Float64Array => {
  const { flow } = units
  const { rows } = data
  const engine = openReference()
  const single = mapArrays(params, (array) =>
    array.data instanceof Float64Array ? { ...array, data: array.data.map(Math.fround) } : array,
  ) as Arrays
  const program = engine.compileSync(
    (at: Tree<Example>) => {
      const { p, x } = at as unknown as { readonly p: FlowParams; readonly x: Example }
      return flow.logProb(p, x, { key: rowKey(seed) })
    },
    { p: placeholders(params), x: example(flow.domain.shape) } as Tree<Example>,
  )
  const all = Uint32Array.from({ length: rows }, (_, i) => i)
  const batch = gatherer({ ...data, data: data.data.map(Math.fround) }, flow.domain.shape)(all)
  const run = (p: Arrays, options: object): Float64Array => {
    const out = program.runSync({ p, x: batch } as never, { lanes: { count: rows }, ...options })
    return Float64Array.from(engine.readSync(out as never).data)
  }
  const exact = run(params, {})
  const most = new Float64Array(rows)
  for (let k = 0; k < RUNS; k++)
    run(single, { rounding: perturbed(seed + k + 1, 'float32') }).forEach((x, i) => {
      const off = x === exact[i] ? 0 : Math.abs(x - exact[i]!)
      most[i] = Number.isNaN(off) ? Infinity : Math.max(most[i]!, off)
    })
  program.dispose()
  engine.dispose()
  return most.map((x) => ALLOWED * x)
}
