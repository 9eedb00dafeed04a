import {
  adam,
  clipByGlobalNorm,
  cosine,
  type Example,
  example,
  exponentialMovingAverage,
  type HostArray,
  input,
  lanes,
  neg,
  type Program,
  type Resident,
  random,
  square,
  stack,
  sum,
  type Tensor,
  type Tree,
  valueAndGrad,
  warmup,
} from '@diffeo/autodiff'
import type { Flow, FlowParams } from '../flow.ts'
import { joinPartition, type Partition, partition } from '../parameters.ts'
import { type Arrays, placeholders, type Residents, read, release, upload } from './arrays.ts'
import { gatherer } from './batches.ts'
import type { Dataset } from './dataset.ts'
import type { Job } from './job.ts'

/** What one step tells: the batch's mean log-density before it, and each trained parameter's Σ gradient². */
export interface StepReport {
  readonly logLikelihood: number
  readonly squares: ArrayLike<number>
}

/** A training inside an engine: parameters and optimiser state stay there between steps. */
export interface Session {
  /** One step of maximum likelihood on these rows; `step` counts those before it. */
  step(places: Uint32Array, step: number): Promise<StepReport>
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

type Tensors = { readonly [path: string]: Tensor }
type Held = { readonly [path: string]: Resident }

interface StepInputs {
  readonly trained: Tensors
  readonly state: Tensors
  readonly optimiser: Tree<Tensor>
  readonly average: Tree<Tensor>
  readonly step: Tensor
  readonly batch: Example
}

/** `steps`: those of the whole training; `adapts`: whether layers keep a state that moves with every batch. */
export const openSession = async (
  { engine, flow, training, validation, settings }: Job,
  steps: number,
  adapts: boolean,
  start: SessionStart,
): Promise<Session> => {
  const rising = Math.round(settings.warmup * steps)
  const falling = cosine({
    peak: settings.learningRate,
    steps: Math.max(1, steps - rising),
    end: settings.learningRate * settings.finalRate,
  })
  const optimiser = adam({ learningRate: warmup(rising, falling) })
  const averaging = settings.average === null ? undefined : exponentialMovingAverage(settings.average)
  const join = (trained: Tensors, state: Tensors): FlowParams => joinPartition(flow.parameters, { trained, state })
  const givenAt = (step: Tensor | number) => ({ key: noiseKey(settings.seed, step) })
  const likelihood = (trained: Tensors, state: Tensors, batch: Example, step: Tensor | number): Tensor =>
    lanes.mean(flow.logProb(join(trained, state), batch, givenAt(step)))

  const trained: Tensors = placeholders(start.values.trained) as Tensors
  const state: Tensors = placeholders(start.values.state) as Tensors
  const batch = example(flow.domain.shape)

  const initialise = async (given: Arrays | undefined, fresh: (params: Tensors) => Tree<Tensor>): Promise<Arrays> => {
    if (given) return given
    const program = await engine.compile((p) => fresh(p) as Tree<Example>, trained)
    const values = await read(engine, (await program.run(start.values.trained)) as Residents)
    program.dispose()
    return values
  }
  const optimiserStart = await initialise(start.optimiser, (params) => optimiser.init(params))
  const averageStart = averaging ? await initialise(start.average, (params) => averaging.init(params)) : {}

  const signature: StepInputs = {
    trained,
    state,
    optimiser: placeholders(optimiserStart),
    average: placeholders(averageStart),
    step: input([], 'int'),
    batch,
  }
  const stepProgram = await engine.compile(
    (at: StepInputs & Tree<Example>) => {
      const [loss, gradients] = valueAndGrad((params: Tensors) => neg(likelihood(params, at.state, at.batch, at.step)))(
        at.trained,
      )
      const squares = stack(Object.values(gradients).map((g) => sum(square(g))))
      const next = optimiser.update(clipByGlobalNorm(settings.clip)(gradients), at.optimiser, at.trained)
      const adapted = adapts
        ? partition<Tensor>(flow.parameters, flow.adapt!(join(at.trained, at.state), at.batch, givenAt(at.step))).state
        : {}
      const average = averaging ? averaging.update(at.average, next.params) : {}
      return {
        logLikelihood: neg(loss),
        squares,
        trained: next.params,
        state: adapted,
        optimiser: next.state,
        average,
      } as Tree<Example>
    },
    signature as StepInputs & Tree<Example>,
    { name: 'training step', donate: ['trained', 'optimiser', 'average', ...(adapts ? ['state'] : [])] },
  )
  const validateProgram = validation
    ? await engine.compile(
        (at: { readonly trained: Tensors; readonly state: Tensors; readonly batch: Example } & Tree<Example>) =>
          likelihood(at.trained, at.state, at.batch, 0) as Example,
        { trained, state, batch } as never,
        { name: 'validation' },
      )
    : undefined
  const averageProgram: Program | undefined = averaging
    ? await engine.compile(
        (at: Tree<Example>) => averaging.value(at as Tree<Tensor>) as Tree<Example>,
        signature.average as Tree<Example>,
        { name: 'average' },
      )
    : undefined

  const gather = gatherer(training, flow.domain.shape)
  const held = validation && engine.upload(allOf(validation, flow))
  let now = {
    trained: upload(engine, start.values.trained) as Held,
    state: upload(engine, start.values.state) as Held,
    optimiser: upload(engine, optimiserStart),
    average: upload(engine, averageStart),
  }
  /** Runs `use` on the parameters that would be returned now. */
  const withCandidate = async <T>(use: (trained: Held) => Promise<T>): Promise<T> => {
    if (!averageProgram) return use(now.trained)
    const averaged = (await averageProgram.run(now.average)) as Held
    const result = await use(averaged)
    release(engine, averaged)
    return result
  }
  const number = async (handle: Resident): Promise<number> => {
    const { data } = await engine.read(handle)
    engine.release(handle)
    return data[0]!
  }

  return {
    step: async (places, step) => {
      const inputs = { ...now, step: { data: Int32Array.of(step), shape: [] }, batch: gather(places) }
      const out = (await stepProgram.run(inputs)) as typeof now & {
        readonly logLikelihood: Resident
        readonly squares: Resident
      }
      now = {
        trained: out.trained,
        state: adapts ? out.state : now.state,
        optimiser: out.optimiser,
        average: out.average,
      }
      const squares = (await engine.read(out.squares)).data
      engine.release(out.squares)
      return { logLikelihood: await number(out.logLikelihood), squares }
    },
    validate: () =>
      withCandidate(async (averaged) =>
        validateProgram && held
          ? number((await validateProgram.run({ trained: averaged, state: now.state, batch: held })) as Resident)
          : Number.NaN,
      ),
    values: async () => ({
      trained: (await read(engine, now.trained)) as Partition<HostArray>['trained'],
      state: (await read(engine, now.state)) as Partition<HostArray>['state'],
    }),
    candidate: () =>
      withCandidate(async (averaged) => ({
        trained: (await read(engine, averaged)) as Partition<HostArray>['trained'],
        state: (await read(engine, now.state)) as Partition<HostArray>['state'],
      })),
    optimiser: () => read(engine, now.optimiser),
    average: async () => (averaging ? read(engine, now.average) : undefined),
    close: () => {
      for (const program of [stepProgram, validateProgram, averageProgram]) program?.dispose()
      release(engine, now)
      if (held) engine.release(held)
    },
  }
}

const allOf = (data: Dataset, { domain }: Flow): HostArray =>
  gatherer(data, domain.shape)(Uint32Array.from({ length: data.rows }, (_, i) => i))

/** For layers that are random themselves: other numbers for every step and example, apart from those of `sample`. */
const noiseKey = (seed: number, step: Tensor | number): Example =>
  random.foldIn(random.foldIn(random.foldIn(random.key(seed), 2), step), lanes.index())
