import './tfjs/gradients.ts'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { readArray } from '../problem/readArray.ts'
import { CHECKED, STEPS, type Work } from '../problem/work.ts'
import type { Adapter, Prepared } from './adapter.ts'
import { flowOf, type Params, paramsFrom } from './tfjs/flow.ts'

/** TensorFlow.js on its WebAssembly backend. It uses one thread in Node. */
export const tfjs: Adapter = {
  version: `tfjs-wasm ${tf.version_core}`,
  open: async () => {
    await tf.setBackend('wasm')
    await tf.ready()
    return { threads: 1, prepare }
  },
}

const prepare = async (work: Work, folder: string): Promise<Prepared | undefined> => {
  switch (work.kind) {
    case 'exp': {
      const values = tf.tensor1d(readArray(folder, 'values'))
      return repeated(() => tf.exp(values))
    }
    case 'contraction': {
      const { size, rows, depth } = work
      const ws = tf.unstack(tf.tensor3d(readArray(folder, 'weights'), [depth, size, size])) as tf.Tensor2D[]
      const x = tf.tensor2d(readArray(folder, 'values'), [size, rows])
      return repeated(() => tf.tidy(() => ws.reduce((at, w) => tf.matMul(w, at), x)))
    }
    case 'train':
      return training(work, folder)
    case 'logProb':
    case 'sample': {
      const { model, rows } = work
      const flow = flowOf(model)
      const params = paramsFrom(model, readArray(folder, 'parameters'))
      const few = points(folder, work.kind === 'sample' ? 'latent' : 'rows', CHECKED, model.dim)
      const all = work.kind === 'sample' ? undefined : points(folder, 'rows', rows, model.dim)
      const f = work.kind === 'sample' ? flow.toData : flow.logProb
      const drawn = (): tf.Tensor2D => all ?? tf.randomNormal([rows, model.dim])
      return {
        check: async () => ({ values: numbers(tf.tidy(() => f(params, few))) }),
        begin: async () => {},
        run: async (count) => {
          for (let i = 0; i < count; i++) numbers(tf.tidy(() => f(params, drawn())))
        },
      }
    }
    case 'compile':
      return undefined
  }
}

const points = (folder: string, name: string, count: number, dim: number): tf.Tensor2D =>
  tf.tensor2d(readArray(folder, name).slice(0, count * dim), [count, dim])

const numbers = (tensor: tf.Tensor): Float32Array => {
  const values = Float32Array.from(tensor.dataSync())
  tensor.dispose()
  return values
}

const repeated = (once: () => tf.Tensor): Prepared => ({
  check: async () => ({ values: numbers(once()) }),
  begin: async () => {},
  run: async (count) => {
    for (let i = 0; i < count; i++) once().dispose()
  },
})

const training = ({ model, rows }: Extract<Work, { readonly kind: 'train' }>, folder: string): Prepared => {
  const flow = flowOf(model)
  const flat = readArray(folder, 'parameters')
  const batch = points(folder, 'rows', rows, model.dim)
  const loss = (params: Params): tf.Scalar => tf.neg(tf.mean(flow.logProb(params, batch)))
  let variables: tf.Variable[] = []
  let optimiser = tf.train.adam(1e-3, 0.9, 0.999, 1e-8)
  const begin = async (): Promise<void> => {
    for (const variable of variables) variable.dispose()
    optimiser.dispose()
    optimiser = tf.train.adam(1e-3, 0.9, 0.999, 1e-8)
    variables = paramsFrom(model, flat).map((p) => tf.variable(p))
  }
  const step = (): number => numbers(optimiser.minimize(() => loss(variables), true, variables)!)[0]!
  return {
    check: async () => {
      const params = paramsFrom(model, flat)
      const { value, grads } = tf.valueAndGrads((...ps: tf.Tensor[]) => loss(ps))(params)
      const losses = new Float32Array(STEPS)
      await begin()
      for (let i = 0; i < STEPS; i++) losses[i] = step()
      return {
        loss: numbers(value),
        gradient: Float32Array.from(grads.flatMap((g) => Array.from(numbers(g)))),
        losses,
      }
    },
    begin,
    run: async (count) => {
      for (let i = 0; i < count; i++) step()
    },
  }
}
