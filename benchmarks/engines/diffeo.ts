import {
  type Engine,
  type Example,
  example,
  exp,
  fromRows,
  type HostArray,
  input,
  matmul,
  open,
  type Program,
  type Resident,
  type Tensor,
  type Tree,
  toRows,
} from '@diffeo/autodiff'
import { flowOf } from '../problem/flow.ts'
import { flattened, type Graphs, graphsOf, type Named, named } from '../problem/graphs.ts'
import { readArray } from '../problem/readArray.ts'
import { CHECKED, STEPS, type Work } from '../problem/work.ts'
import type { Adapter, Prepared } from './adapter.ts'

/** This library on one of its engines. */
export const diffeo = (target: 'wasm' | 'reference'): Adapter => ({
  version: `diffeo (${target})`,
  open: async (threads) => {
    const engine = await open(target, { threads, precision: 'float32' })
    return {
      threads: Number(/(\d+) threads?/.exec(engine.mode)?.[1] ?? 1),
      prepare: (work, folder) => prepare(engine, work, folder),
    }
  },
})

const prepare = async (engine: Engine, work: Work, folder: string): Promise<Prepared | undefined> => {
  switch (work.kind) {
    case 'exp':
      return exponential(engine, readArray(folder, 'values'))
    case 'contraction':
      return contraction(engine, work, readArray(folder, 'weights'), readArray(folder, 'values'))
    case 'train':
      return training(engine, work, folder)
    case 'compile':
      return compiling(engine, work, folder)
    case 'logProb':
      return densities(engine, work, folder)
    case 'sample':
      return sampling(engine, work, folder)
  }
}

type Model = Extract<Work, { readonly model: unknown }>
type Graph = (inputs: Tree<Example>) => Tree<Example>

const fixed = (array: HostArray): Tensor => input(array.shape)
const placeholders = (arrays: Named<HostArray>): Named<Tensor> =>
  Object.fromEntries(Object.entries(arrays).map(([path, array]) => [path, fixed(array)]))
const uploaded = (engine: Engine, arrays: Named<HostArray>): Named<Resident> =>
  Object.fromEntries(Object.entries(arrays).map(([path, array]) => [path, engine.upload(array)]))

const float32 = (array: HostArray): HostArray => ({ ...array, data: Float32Array.from(array.data) })
const numbers = async (engine: Engine, array: Tree<Resident>): Promise<HostArray> => {
  const values = await engine.read(array as Resident)
  engine.release(array as Resident)
  return values
}

/** A flow of the work with its parameters and rows. */
const materials = ({ model, rows }: Model, folder: string) => {
  const flow = flowOf(model)
  return {
    flow,
    graphs: graphsOf(flow),
    params: named(flow, readArray(folder, 'parameters')),
    points: (name: string, count = rows): HostArray =>
      float32(fromRows(readArray(folder, name).subarray(0, count * model.dim), count, [model.dim])),
  }
}

const stepProgram = async (
  engine: Engine,
  graphs: Graphs,
  params: Named<HostArray>,
  dim: number,
): Promise<{ readonly program: Program; readonly moments: Named<HostArray> }> => {
  const init = await engine.compile(graphs.optimiser.init as unknown as Graph, placeholders(params) as Tree<Example>)
  const state = (await init.run(params)) as Tree<Resident>
  init.dispose()
  const moments = (await readTree(engine, state)) as Named<HostArray>
  const program = await engine.compile(
    graphs.step as unknown as Graph,
    { params: placeholders(params), optimiser: placeholdersOf(moments), batch: example([dim]) } as Tree<Example>,
    { name: 'training step', donate: ['params', 'optimiser'] },
  )
  return { program, moments }
}

const isArray = (x: unknown): x is HostArray | Resident => typeof x === 'object' && x !== null && 'shape' in x
const mapTree = <A, B>(tree: Tree<A>, f: (leaf: A) => B): Tree<B> =>
  isArray(tree)
    ? f(tree as A)
    : Object.fromEntries(Object.entries(tree as Named<Tree<A>>).map(([k, branch]) => [k, mapTree(branch, f)]))
const placeholdersOf = (arrays: Tree<HostArray>): Tree<Tensor> => mapTree(arrays, fixed)
const readTree = async (engine: Engine, tree: Tree<Resident>): Promise<Tree<HostArray>> => {
  const leaves: Resident[] = []
  mapTree(tree, (leaf: Resident) => leaves.push(leaf))
  const values = await Promise.all(leaves.map((leaf) => numbers(engine, leaf)))
  let next = 0
  return mapTree(tree, () => values[next++]!)
}

const training = async (engine: Engine, work: Model, folder: string): Promise<Prepared> => {
  const { flow, graphs, params, points } = materials(work, folder)
  const { program, moments } = await stepProgram(engine, graphs, params, work.model.dim)
  const batch = engine.upload(points('rows'))
  let at: { params: Tree<Resident>; optimiser: Tree<Resident> } | undefined
  const begin = async (): Promise<void> => {
    if (at) mapTree({ ...at }, (leaf: Resident) => engine.release(leaf))
    at = { params: uploaded(engine, params), optimiser: mapTree(moments, engine.upload) }
  }
  const step = async (): Promise<Resident> => {
    const next = (await program.run({ ...at!, batch })) as unknown as Required<NonNullable<typeof at>> & {
      loss: Resident
    }
    at = { params: next.params, optimiser: next.optimiser }
    return next.loss
  }
  return {
    check: async () => {
      const judged = await engine.compile(
        graphs.lossAndGradient as unknown as Graph,
        {
          params: placeholders(params),
          batch: example([work.model.dim]),
        } as Tree<Example>,
      )
      const { loss, gradient } = (await readTree(
        engine,
        await judged.run({ params, batch: batch } as Tree<Resident | HostArray>),
      )) as unknown as { loss: HostArray; gradient: Named<HostArray> }
      judged.dispose()
      const losses = new Float32Array(STEPS)
      await begin()
      for (let i = 0; i < STEPS; i++) losses[i] = (await numbers(engine, await step())).data[0]!
      return { loss: Float32Array.from(loss.data), gradient: flattened(flow, gradient), losses }
    },
    begin,
    run: async (count) => {
      for (let i = 1; i < count; i++) engine.release(await step())
      await numbers(engine, await step())
    },
  }
}

const compiling = async (engine: Engine, work: Model, folder: string): Promise<Prepared> => {
  const { flow, graphs, params, points } = materials(work, folder)
  const { program, moments } = await stepProgram(engine, graphs, params, work.model.dim)
  return {
    check: async () => {
      const out = await program.run({ params, optimiser: moments, batch: points('rows') } as Tree<HostArray>)
      const { loss } = (await readTree(engine, out)) as unknown as { loss: HostArray }
      program.dispose()
      return { loss: Float32Array.from(loss.data) }
    },
    begin: async () => {},
    run: async (count) => {
      for (let i = 0; i < count; i++) {
        const again = await engine.compile(
          graphsOf(flow).step as unknown as Graph,
          {
            params: placeholders(params),
            optimiser: placeholdersOf(moments),
            batch: example([work.model.dim]),
          } as Tree<Example>,
          { name: 'training step', donate: ['params', 'optimiser'] },
        )
        again.dispose()
      }
    },
  }
}

const densities = async (engine: Engine, work: Model, folder: string): Promise<Prepared> => {
  const { graphs, params, points } = materials(work, folder)
  const program = await engine.compile(
    graphs.logProb as unknown as Graph,
    {
      params: placeholders(params),
      batch: example([work.model.dim]),
    } as Tree<Example>,
  )
  const held = uploaded(engine, params)
  const rows = engine.upload(points('rows'))
  return {
    check: async () => {
      const out = await numbers(engine, await program.run({ params: held, batch: points('rows', CHECKED) }))
      return { values: Float32Array.from(out.data) }
    },
    begin: async () => {},
    run: async (count) => {
      for (let i = 0; i < count; i++) await numbers(engine, await program.run({ params: held, batch: rows }))
    },
  }
}

const sampling = async (engine: Engine, work: Model, folder: string): Promise<Prepared> => {
  const { graphs, params, points } = materials(work, folder)
  const held = uploaded(engine, params)
  const signature = { params: placeholders(params) }
  const program = await engine.compile(graphs.sample as unknown as Graph, signature as Tree<Example>)
  return {
    check: async () => {
      const judged = await engine.compile(
        graphs.toData as unknown as Graph,
        {
          ...signature,
          batch: example([work.model.dim]),
        } as Tree<Example>,
      )
      const out = await numbers(engine, await judged.run({ params: held, batch: points('latent', CHECKED) }))
      judged.dispose()
      return { values: Float32Array.from(toRows(out)) }
    },
    begin: async () => {},
    run: async (count) => {
      for (let i = 0; i < count; i++)
        await numbers(engine, await program.run({ params: held }, { lanes: { count: work.rows } }))
    },
  }
}

const exponential = async (engine: Engine, values: Float32Array): Promise<Prepared> => {
  const program = await engine.compile(exp as unknown as Graph, example([]) as Example)
  const held = engine.upload({ data: values, shape: [], lanes: values.length })
  return repeated(engine, () => program.run(held))
}

const contraction = async (
  engine: Engine,
  { size, rows, depth }: Extract<Work, { readonly kind: 'contraction' }>,
  weights: Float32Array,
  values: Float32Array,
): Promise<Prepared> => {
  const names = Array.from({ length: depth }, (_, i) => `w${i}`)
  const program = await engine.compile(
    (({ x, w }: { x: Example; w: Named<Tensor> }) =>
      names.reduce((at, name) => matmul(w[name]!, at), x)) as unknown as Graph,
    { x: example([size]), w: Object.fromEntries(names.map((name) => [name, input([size, size])])) } as Tree<Example>,
  )
  const x = engine.upload({ data: values, shape: [size], lanes: rows })
  const w = uploaded(
    engine,
    Object.fromEntries(
      names.map((name, i) => [
        name,
        { data: weights.slice(i * size * size, (i + 1) * size * size), shape: [size, size] },
      ]),
    ),
  )
  return repeated(engine, () => program.run({ x, w }))
}

const repeated = (engine: Engine, once: () => Promise<Tree<Resident>>): Prepared => ({
  check: async () => ({ values: Float32Array.from((await numbers(engine, await once())).data) }),
  begin: async () => {},
  run: async (count) => {
    for (let i = 1; i < count; i++) engine.release((await once()) as Resident)
    await numbers(engine, await once())
  },
})
