import { type Engine, type Example, example, input, type Program, type Tree } from '@diffeo/autodiff'
import { type Arrays, placeholders, type Residents, read, release } from './arrays.ts'
import type { BatchSource } from './batchSource.ts'
import type { Graphs, StepInputs, Tensors } from './graphs.ts'
import type { Job } from './job.ts'
import type { SessionStart } from './session.ts'

/** The graphs of a training compiled on its engine. */
export interface Programs {
  readonly step: Program
  /** Where rows are held out. */
  readonly validate: Program | undefined
  /** Where an average is asked for. */
  readonly average: Program | undefined
  dispose(): void
}

/** What optimiser and average begin with: as they were left, or fresh. */
export interface Beginning {
  readonly optimiser: Arrays
  readonly average: Arrays
}

export const beginning = async (engine: Engine, graphs: Graphs, start: SessionStart): Promise<Beginning> => {
  const { trained } = start.values
  const fresh = async (init: Graphs['optimiser']): Promise<Arrays> => {
    const program = await engine.compile((at) => init(at as Tensors) as Tree<Example>, placeholders(trained))
    const out = (await program.run(trained)) as Residents
    const values = await read(engine, out)
    release(engine, out)
    program.dispose()
    return values
  }
  const optimiser = start.optimiser ?? (await fresh(graphs.optimiser))
  if (!graphs.averaged) return { optimiser, average: {} }
  return { optimiser, average: start.average ?? (await fresh(graphs.average)) }
}

/** What a step replaces it may overwrite, so that parameters are in memory once. */
export const compile = async (
  { engine, flow, validation, settings }: Job,
  graphs: Graphs,
  source: BatchSource,
  adapts: boolean,
  { values }: SessionStart,
  { optimiser, average }: Beginning,
): Promise<Programs> => {
  const signature: StepInputs = {
    trained: placeholders(values.trained) as Tensors,
    state: placeholders(values.state) as Tensors,
    optimiser: placeholders(optimiser),
    average: placeholders(average),
    step: input([], 'int'),
    batch: source.signature,
    ...(settings.watch?.action === 'damp' && { damping: input([]) }),
  }
  const { trained, state } = signature
  const step = await engine.compile(
    (at: StepInputs & Tree<Example>) =>
      graphs.step({ ...at, batch: source.batch(at.batch) }) as unknown as Tree<Example>,
    signature as StepInputs & Tree<Example>,
    { name: 'training step', donate: ['trained', 'optimiser', 'average', ...(adapts ? ['state'] : [])] },
  )
  const validate =
    validation &&
    (await engine.compile(
      (at: Pick<StepInputs, 'trained' | 'state' | 'batch'> & Tree<Example>) =>
        graphs.likelihood(at.trained, at.state, at.batch, 0) as Example,
      { trained, state, batch: example(flow.domain.shape) } as never,
      { name: 'validation' },
    ))
  const { averaged } = graphs
  const averaging =
    averaged &&
    (await engine.compile((at) => averaged(at as StepInputs['average']) as Tree<Example>, signature.average, {
      name: 'average',
    }))
  return {
    step,
    validate,
    average: averaging,
    dispose: () => {
      for (const program of [step, validate, averaging]) program?.dispose()
    },
  }
}
