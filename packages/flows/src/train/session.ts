import type { HostArray, Resident } from '@diffeo/autodiff'
import { joinPartition, type Partition } from '../parameters.ts'
import { type Arrays, type Residents, read, release, upload } from './arrays.ts'
import { gatherer } from './batches.ts'
import { batchSource } from './batchSource.ts'
import type { Dataset } from './dataset.ts'
import { graphsOf } from './graphs.ts'
import type { Job } from './job.ts'
import { beginning, compile } from './programs.ts'
import { type StandardUnits, standardUnits } from './standardUnits.ts'

/** What one step tells: the batch's mean log-density before it, and each trained parameter's Σ gradient². */
export interface StepReport {
  readonly logLikelihood: number
  readonly squares: ArrayLike<number>
}

/** A training inside an engine: parameters and optimiser state stay there between steps. */
export interface Session {
  /** One step of maximum likelihood on these rows; `step` counts those before it. */
  step(places: Uint32Array, step: number, damping: number): Promise<StepReport>
  /** Goes back to parameters, optimiser and average as they once were. */
  restore(values: Partition<HostArray>, optimiser: Arrays, average: Arrays | undefined): void
  /** Mean log-density of the held-out rows at the parameters of `candidate`. */
  validate(): Promise<number>
  /** The parameters as they are trained. */
  values(): Promise<Partition<HostArray>>
  /** The parameters that would be returned now: averaged where that was asked for. */
  candidate(): Promise<Partition<HostArray>>
  optimiser(): Promise<Arrays>
  average(): Promise<Arrays | undefined>
  close(): void
}

export interface SessionStart {
  readonly values: Partition<HostArray>
  /** Fresh where left out. */
  readonly optimiser?: Arrays
  readonly average?: Arrays | undefined
}

type Held = { readonly [path: string]: Resident }

/** All that a step replaces, inside the engine. */
interface Now {
  readonly trained: Held
  readonly state: Held
  readonly optimiser: Residents
  readonly average: Residents
}

/** `steps`: those of the whole training; `adapts`: whether layers keep a state that moves with every batch. */
export const openSession = async (
  given: Job,
  steps: number,
  adapts: boolean,
  start: SessionStart,
): Promise<Session> => {
  const { job, units } = inStandardUnits(given, start.values)
  const { engine, flow, training, validation } = job
  const graphs = graphsOf(job, steps, adapts)
  const first = await beginning(engine, graphs, start)
  const source = batchSource(training, flow.domain.shape)
  const programs = await compile(job, graphs, source, adapts, start, first)

  const damps = job.settings.watch?.action === 'damp'
  const held = validation && engine.upload(allOf(validation, job))
  let now: Now = {
    trained: upload(engine, start.values.trained) as Held,
    state: upload(engine, start.values.state) as Held,
    optimiser: upload(engine, first.optimiser),
    average: upload(engine, first.average),
  }

  const numbers = async (handle: Resident): Promise<HostArray['data']> => {
    const { data } = await engine.read(handle)
    engine.release(handle)
    return data
  }
  const number = async (handle: Resident): Promise<number> => (await numbers(handle))[0]!
  const byPath = async (tree: Held): Promise<{ readonly [path: string]: HostArray }> =>
    (await read(engine, tree)) as { readonly [path: string]: HostArray }
  /** A state that does not move is given back as it came: an engine may hold fewer digits of it. */
  const stateNow = async (): Promise<Partition<HostArray>['state']> => {
    const came = start.values.state
    if (!adapts) return came
    const moved = Object.entries(await byPath(now.state))
    return Object.fromEntries(moved.map(([path, array]) => [path, units.isOutside(path) ? came[path]! : array]))
  }
  /** Runs `use` on the parameters that would be returned now. */
  const withCandidate = async <T>(use: (trained: Held) => Promise<T>): Promise<T> => {
    if (!programs.average) return use(now.trained)
    const averaged = (await programs.average.run(now.average)) as Held
    const result = await use(averaged)
    release(engine, averaged)
    return result
  }

  return {
    step: async (places, step, damping) => {
      const inputs = {
        ...now,
        step: { data: Int32Array.of(step), shape: [] },
        batch: source.given(places),
        ...(damps && { damping: { data: Float64Array.of(damping), shape: [] } }),
      }
      const { logLikelihood, squares, ...next } = (await programs.step.run(inputs)) as unknown as Now & {
        readonly logLikelihood: Resident
        readonly squares: Resident
      }
      // A state that does not move is not among the results, and stays where it is.
      now = adapts ? next : { ...next, state: now.state }
      return { squares: await numbers(squares), logLikelihood: (await number(logLikelihood)) + units.logDet }
    },
    restore: (values, optimiser, average) => {
      release(engine, { ...now })
      now = {
        trained: upload(engine, values.trained) as Held,
        state: upload(engine, values.state) as Held,
        optimiser: upload(engine, optimiser),
        average: upload(engine, average ?? {}),
      }
    },
    validate: () =>
      withCandidate(async (trained) =>
        programs.validate && held
          ? (await number((await programs.validate.run({ trained, state: now.state, batch: held })) as Resident)) +
            units.logDet
          : Number.NaN,
      ),
    values: async () => ({ trained: await byPath(now.trained), state: await stateNow() }),
    candidate: () => withCandidate(async (trained) => ({ trained: await byPath(trained), state: await stateNow() })),
    optimiser: () => read(engine, now.optimiser),
    average: async () => (graphs.averaged ? read(engine, now.average) : undefined),
    close: () => {
      programs.dispose()
      release(engine, { ...now })
      if (held) engine.release(held)
    },
  }
}

/** A job as an engine sees it. */
const inStandardUnits = (
  job: Job,
  values: Partition<HostArray>,
): { readonly job: Job; readonly units: StandardUnits } => {
  const { flow, training, validation } = job
  const units = standardUnits(flow, joinPartition(flow.parameters, values) as unknown as Arrays)
  const rows = {
    training: units.toStandard(training),
    ...(validation && { validation: units.toStandard(validation) }),
  }
  return { job: { ...job, flow: units.flow, ...rows }, units }
}

const allOf = (data: Dataset, { flow }: Job): HostArray =>
  gatherer(data, flow.domain.shape)(Uint32Array.from({ length: data.rows }, (_, i) => i))
