/** The flows in TensorFlow.js, on rows `[rows, columns]`. Callers tidy up. */
import * as tf from '@tensorflow/tfjs-core'
import { conditionerForPeers, type Dense } from '../../problem/layout.ts'
import type { Model } from '../../problem/model.ts'
import { splineForward } from './spline.ts'

/** Weight `[out, in]` and bias of each dense layer, layer by layer. */
export type Params = readonly tf.Tensor[]

export interface TensorFlowFlow {
  logProb(params: Params, x: tf.Tensor2D): tf.Tensor1D
  toData(params: Params, z: tf.Tensor2D): tf.Tensor2D
}

export const paramsFrom = (model: Model, flat: Float32Array): tf.Tensor[] => {
  let at = 0
  const next = (shape: number[]): tf.Tensor => {
    const start = at
    at += shape.reduce((product, n) => product * n, 1)
    return tf.tensor(flat.slice(start, at), shape)
  }
  return Array.from({ length: model.layers }, () =>
    conditionerForPeers(model).flatMap((dense) => [next([dense.out, dense.in]), next([dense.out])]),
  ).flat()
}

/** Moved numbers and the sum of log-slopes of every row. */
export type Moved = readonly [tf.Tensor2D, tf.Tensor1D]

const columns = (x: tf.Tensor2D, start: number, stop: number): tf.Tensor2D =>
  tf.slice2d(x, [0, start], [-1, stop - start])

const network = (
  conditioner: readonly Dense[],
  masks: readonly (tf.Tensor | undefined)[],
  params: Params,
  x: tf.Tensor2D,
): tf.Tensor2D =>
  conditioner.reduce((at, _, i) => {
    const mask = masks[i]
    const weight = (mask ? tf.mul(params[2 * i]!, mask) : params[2 * i]!) as tf.Tensor2D
    const sums = tf.add(tf.matMul(at, weight, false, true), params[2 * i + 1]!) as tf.Tensor2D
    return i === conditioner.length - 1 ? sums : tf.relu(sums)
  }, x)

const logScaleOf = (raw: tf.Tensor2D, half: number, bound: number): tf.Tensor2D => {
  const r = columns(raw, half, 2 * half)
  return tf.div(r, tf.add(1, tf.div(tf.abs(r), bound)))
}
const affineForward = (raw: tf.Tensor2D, x: tf.Tensor2D, half: number, bound: number): Moved => {
  const s = logScaleOf(raw, half, bound)
  return [tf.add(tf.mul(x, tf.exp(s)), columns(raw, 0, half)), tf.sum(s, -1)]
}
const affineInverse = (raw: tf.Tensor2D, z: tf.Tensor2D, half: number, bound: number): tf.Tensor2D =>
  tf.mul(tf.sub(z, columns(raw, 0, half)), tf.exp(tf.neg(logScaleOf(raw, half, bound))))

const normalLogProb = (z: tf.Tensor2D, dim: number): tf.Tensor1D =>
  tf.sub(tf.mul(-0.5, tf.sum(tf.square(z), -1)), (dim / 2) * Math.log(2 * Math.PI))

export const flowOf = (model: Model): TensorFlowFlow => {
  const { dim, layers } = model
  const conditioner = conditionerForPeers(model)
  const perLayer = 2 * conditioner.length
  const masks = conditioner.map((dense) => dense.mask && tf.tensor2d(dense.mask, [dense.out, dense.in]))
  const raw = (params: Params, i: number, x: tf.Tensor2D): tf.Tensor2D =>
    network(conditioner, masks, params.slice(i * perLayer, (i + 1) * perLayer), x)
  return model.kind === 'maf' ? autoregressive(model, raw) : couplings(model, raw)

  function couplings(m: Model, rawOf: typeof raw): TensorFlowFlow {
    const half = dim / 2
    const halves = (x: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] => [columns(x, 0, half), columns(x, half, dim)]
    return {
      logProb: (params, x) => {
        const parts = halves(x)
        let logDet: tf.Tensor1D = tf.zeros([x.shape[0]])
        for (let i = 0; i < layers; i++) {
          const [kept, moved] = i % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
          const numbers = rawOf(params, i, parts[kept])
          const [value, logSlope] =
            m.kind === 'nsf'
              ? splineForward(numbers, parts[moved], m)
              : affineForward(numbers, parts[moved], half, m.bound)
          parts[moved] = value
          logDet = tf.add(logDet, logSlope)
        }
        return tf.add(normalLogProb(tf.concat(parts, -1), dim), logDet)
      },
      toData: (params, z) => {
        if (m.kind === 'nsf') throw new Error('tfjs: the inverse of a spline is not measured.')
        const parts = halves(z)
        for (let i = layers - 1; i >= 0; i--) {
          const [kept, moved] = i % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
          parts[moved] = affineInverse(rawOf(params, i, parts[kept]), parts[moved], half, m.bound)
        }
        return tf.concat(parts, -1)
      },
    }
  }

  function autoregressive(m: Extract<Model, { readonly kind: 'realnvp' | 'maf' }>, rawOf: typeof raw): TensorFlowFlow {
    const turned = (x: tf.Tensor2D, i: number): tf.Tensor2D => (i % 2 === 0 ? x : tf.reverse2d(x, [1]))
    const seen = (x: tf.Tensor2D): tf.Tensor2D => columns(x, 0, dim - 1)
    return {
      logProb: (params, x) => {
        let at = x
        let logDet: tf.Tensor1D = tf.zeros([x.shape[0]])
        for (let i = 0; i < layers; i++) {
          const sorted = turned(at, i)
          const [value, logSlope] = affineForward(rawOf(params, i, seen(sorted)), sorted, dim, m.bound)
          at = turned(value, i)
          logDet = tf.add(logDet, logSlope)
        }
        return tf.add(normalLogProb(at, dim), logDet)
      },
      // As many passes as columns, each of which makes one more column right.
      toData: (params, z) => {
        let at = z
        for (let i = layers - 1; i >= 0; i--) {
          const sorted = turned(at, i)
          let found: tf.Tensor2D = tf.zerosLike(sorted)
          for (let pass = 0; pass < dim; pass++)
            found = affineInverse(rawOf(params, i, seen(found)), sorted, dim, m.bound)
          at = turned(found, i)
        }
        return at
      },
    }
  }
}
