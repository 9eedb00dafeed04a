import { type Engine, type Example, jacobian, open } from '@diffeo/autodiff'
import { type Arrays, type Dataset, explainFit, type Flow, fit, overRows, theory } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import { flowOf, type Setting, trainingOf } from './grid.ts'
import { FAR, type FarKind, type Rows, rowsOf } from './rows.ts'

/** What float32 makes of some rows. Distances in standard deviations of the training rows. */
export interface Trip {
  readonly rows: number
  /** The largest distance between a row and what comes back of it; Infinity where that is not finite. */
  readonly largest: number
  /** Rows that do not come back to within one standard deviation, or not at all. */
  readonly inverses: number
  /** Rows whose log-density is not finite. */
  readonly densities: number
}

/** One training and what became of it. */
export interface Run {
  readonly setting: Setting
  /** Epochs that a watch undid. */
  readonly damped: number
  /** Undefined where the training failed. */
  readonly flow: Trained | undefined
  /** Why it failed: a number did not stay finite, or a watch found no way on. */
  readonly failure: string | undefined
}
export interface Trained {
  /** Mean log-density of the test rows in float32, nats, in the data's own units; -Infinity where it is not finite. */
  readonly logLikelihood: number
  /** Largest local stretches at test rows, by singular values in float64. */
  readonly there: number
  readonly back: number
  readonly heldOut: Trip
  readonly far: Readonly<Record<FarKind, Trip>>
}

const TRAINING = { epochs: 16, batchSize: 512, patience: 16 } as const
const LOOKED_AT = 128

const known = new Map<Setting['data'], Promise<Rows>>()
const rowsFor = (data: Setting['data']): Promise<Rows> => {
  const found = known.get(data) ?? rowsOf(data)
  known.set(data, found)
  return found
}

export const run = async (setting: Setting): Promise<Run> => {
  const rows = await rowsFor(setting.data)
  const flow = flowOf(setting, rows.training.columns.length)
  // One thread: several trainings run side by side.
  const engine = await open('wasm', { threads: 1 })
  let damped = 0
  try {
    const outcome = await fit(flow, rows.training, {
      ...TRAINING,
      ...trainingOf(setting),
      validation: rows.validation,
      engine,
      onEvent: (e) => {
        if (e._tag === 'Unstable' && e.outcome === 'damped') damped++
      },
    })()
    if (E.isLeft(outcome)) return { setting, damped, flow: undefined, failure: explainFit(outcome.left) }
    const trained = await measured(flow, outcome.right.params, rows, engine)
    return { setting, damped, flow: trained, failure: undefined }
  } finally {
    engine.dispose()
  }
}

const measured = async (flow: Flow, params: Arrays, rows: Rows, engine: Engine): Promise<Trained> => {
  const all = [rows.test, ...FAR.map((kind) => rows.far[kind])]
  const [back, logProbs] = await overRows(
    (at, x) => [flow.toData(at, flow.toLatent(at, x).value).value, flow.logProb(at, x)],
    flow,
    params,
    joined(all),
    { engine },
  )
  let from = 0
  const [heldOut, ...far] = all.map((data) => {
    const d = data.columns.length
    const trip = tripOf(data, back!.subarray(from * d), logProbs!.subarray(from, from + data.rows))
    from += data.rows
    return trip
  })
  const mean = logProbs!.subarray(0, rows.test.rows).reduce((sum, x) => sum + x, 0) / rows.test.rows
  return {
    logLikelihood: Number.isFinite(mean) ? mean + rows.logDet : -Infinity,
    ...(await stretches(flow, params, rows.test)),
    heldOut: heldOut!,
    far: Object.fromEntries(FAR.map((kind, k) => [kind, far[k]!])) as Trained['far'],
  }
}

const joined = (tables: readonly Dataset[]): Dataset => ({
  columns: tables[0]!.columns,
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  data: Float64Array.from(tables.flatMap(({ data }) => Array.from(data))),
})

const tripOf = ({ data, columns, rows }: Dataset, back: Float64Array, logProbs: Float64Array): Trip => {
  const d = columns.length
  const distances = Array.from({ length: rows }, (_, i) => {
    const distance = Math.hypot(...columns.map((_, j) => back[i * d + j]! - data[i * d + j]!))
    return Number.isFinite(distance) ? distance : Infinity
  })
  return {
    rows,
    largest: Math.max(...distances),
    inverses: distances.filter((x) => x > 1).length,
    densities: logProbs.filter((x) => !Number.isFinite(x)).length,
  }
}

const stretches = async (
  flow: Flow,
  params: Arrays,
  { columns, data }: Dataset,
): Promise<{ readonly there: number; readonly back: number }> => {
  const d = columns.length
  const engine = await open('wasm', { threads: 1, precision: 'float64' })
  const [jacobians] = await overRows(
    (at, x) => [jacobian((v: Example) => flow.toLatent(at, v).value)(x)],
    flow,
    params,
    { columns, rows: LOOKED_AT, data: data.subarray(0, LOOKED_AT * d) },
    { engine },
  )
  engine.dispose()
  const ends = Array.from({ length: LOOKED_AT }, (_, i) => {
    const values = theory.singularValues(jacobians!.subarray(i * d * d, (i + 1) * d * d), d)
    return Number.isNaN(values[0]) ? ([Infinity, 0] as const) : ([values[0]!, values[d - 1]!] as const)
  })
  return { there: Math.max(...ends.map(([most]) => most)), back: 1 / Math.min(...ends.map(([, least]) => least)) }
}
