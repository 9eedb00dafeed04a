import { init, jit, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax'
import { readArray } from '../problem/readArray.ts'
import { CHECKED, STEPS, type Work } from '../problem/work.ts'
import type { Adapter, Prepared } from './adapter.ts'
import { flowOf, type Params, paramsFrom } from './jaxJs/flow.ts'

/** jax-js on its WebAssembly backend; whole steps, densities and draws are one `jit` each. It uses one thread in Node. */
export const jaxJs: Adapter = {
  version: 'jax-js 0.1.25',
  open: async () => {
    await init('wasm')
    return { threads: 1, prepare }
  },
}

const prepare = async (work: Work, folder: string): Promise<Prepared | undefined> => {
  switch (work.kind) {
    case 'exp': {
      const values = np.array(readArray(folder, 'values'))
      const f = jit((x: np.Array) => np.exp(x))
      return repeated(() => f(values.ref))
    }
    case 'contraction': {
      const { size, rows, depth } = work
      const weights = readArray(folder, 'weights')
      const ws = Array.from({ length: depth }, (_, i) =>
        np.array(weights.slice(i * size * size, (i + 1) * size * size), { shape: [size, size] }),
      )
      const x = np.array(readArray(folder, 'values'), { shape: [size, rows] })
      const f = jit((at: np.Array, all: np.Array[]) => all.reduce((y, w) => np.matmul(w, y), at))
      return repeated(() => f(x.ref, tree.ref(ws)))
    }
    case 'train':
      return training(work, folder)
    case 'logProb': {
      const { model, rows } = work
      const flow = flowOf(model)
      const params = paramsFrom(model, readArray(folder, 'parameters'))
      const f = jit((p: Params, x: np.Array) => flow.logProb(p, x))
      const all = points(folder, 'rows', rows, model.dim)
      return {
        check: async () => ({
          values: await numbers(f(tree.ref(params), points(folder, 'rows', CHECKED, model.dim))),
        }),
        begin: async () => {},
        run: async (count) => {
          for (let i = 0; i < count; i++) await numbers(f(tree.ref(params), all.ref))
        },
      }
    }
    case 'sample': {
      const { model, rows } = work
      const flow = flowOf(model)
      const params = paramsFrom(model, readArray(folder, 'parameters'))
      const f = jit((p: Params, z: np.Array) => flow.toData(p, z))
      const draw = jit((p: Params, key: np.Array) => flow.toData(p, random.normal(key, [rows, model.dim])))
      return {
        check: async () => ({
          values: await numbers(f(tree.ref(params), points(folder, 'latent', CHECKED, model.dim))),
        }),
        begin: async () => {},
        run: async (count) => {
          for (let i = 0; i < count; i++) await numbers(draw(tree.ref(params), random.key(i)))
        },
      }
    }
    case 'compile':
      return undefined
  }
}

const points = (folder: string, name: string, count: number, dim: number): np.Array =>
  np.array(readArray(folder, name).slice(0, count * dim), { shape: [count, dim] })

const numbers = async (array: np.Array): Promise<Float32Array> => Float32Array.from(await array.data())

const repeated = (once: () => np.Array): Prepared => ({
  check: async () => ({ values: await numbers(once()) }),
  begin: async () => {},
  run: async (count) => {
    for (let i = 0; i < count; i++) {
      const out = once()
      await out.blockUntilReady()
      out.dispose()
    }
  },
})

interface State {
  readonly params: Params
  readonly first: Params
  readonly second: Params
}

const training = ({ model, rows }: Extract<Work, { readonly kind: 'train' }>, folder: string): Prepared => {
  const flow = flowOf(model)
  const flat = readArray(folder, 'parameters')
  const batch = points(folder, 'rows', rows, model.dim)
  const lossAndGradient = valueAndGrad((params: Params, x: np.Array) => np.negative(np.mean(flow.logProb(params, x))))
  /** Adam; `rate` and `correction` carry the bias corrections, so that one program serves every step. */
  const step = jit((state: State, x: np.Array, rate: np.Array, correction: np.Array) => {
    const [loss, gradient] = lossAndGradient(
      state.params.map((p) => p.ref),
      x,
    )
    const first = state.first.map((m, i) => m.mul(0.9).add(gradient[i]!.ref.mul(0.1)))
    const second = state.second.map((v, i) => v.mul(0.999).add(np.square(gradient[i]!).mul(0.001)))
    const params = state.params.map((p, i) =>
      p.sub(first[i]!.ref.mul(rate.ref).div(np.sqrt(second[i]!.ref.div(correction.ref)).add(1e-8))),
    )
    rate.dispose()
    correction.dispose()
    return { loss, params, first, second }
  })
  const once = jit((params: Params, x: np.Array) => lossAndGradient(params, x))
  let state: State | undefined
  let steps = 0
  const begin = async (): Promise<void> => {
    if (state) tree.dispose(state as never)
    const params = paramsFrom(model, flat)
    state = { params, first: params.map((p) => np.zerosLike(p.ref)), second: params.map((p) => np.zerosLike(p.ref)) }
    steps = 0
  }
  const advance = async (): Promise<number> => {
    steps++
    const rate = np.array(Float32Array.of(1e-3 / (1 - 0.9 ** steps)), { shape: [] })
    const correction = np.array(Float32Array.of(1 - 0.999 ** steps), { shape: [] })
    const { loss, ...next } = step(state as never, batch.ref, rate, correction) as unknown as State & {
      readonly loss: np.Array
    }
    state = next
    return (await numbers(loss))[0]!
  }
  return {
    check: async () => {
      const [loss, gradient] = once(paramsFrom(model, flat), batch.ref) as unknown as [np.Array, Params]
      const parts = await Promise.all(gradient.map(numbers))
      const losses = new Float32Array(STEPS)
      await begin()
      for (let i = 0; i < STEPS; i++) losses[i] = await advance()
      return {
        loss: await numbers(loss),
        gradient: Float32Array.from(parts.flatMap((part) => Array.from(part))),
        losses,
      }
    },
    begin,
    run: async (count) => {
      for (let i = 0; i < count; i++) await advance()
    },
  }
}
