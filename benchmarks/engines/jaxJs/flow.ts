/**
 * The flows in jax-js, on rows `[rows, columns]`. Every function takes ownership of its arrays, as the library's own do:
 * `x.ref` where x is used again.
 */
import { nn, numpy as np } from '@jax-js/jax'
import { conditionerForPeers, type Dense } from '../../problem/layout.ts'
import type { Model } from '../../problem/model.ts'
import { splineTransform } from './spline.ts'

/** Weight `[out, in]` and bias of each dense layer, layer by layer. */
export type Params = np.Array[]

/** Moved numbers and the sum of log-slopes of every row, `[rows]`, from raw numbers `[rows, outputs]`. */
export interface Transform {
  forward(raw: np.Array, x: np.Array): readonly [np.Array, np.Array]
  inverse(raw: np.Array, z: np.Array): np.Array
}

export interface JaxFlow {
  logProb(params: Params, x: np.Array): np.Array
  toData(params: Params, z: np.Array): np.Array
}

export const paramsFrom = (model: Model, flat: Float32Array<ArrayBuffer>): Params => {
  let at = 0
  const next = (shape: number[]): np.Array => {
    const start = at
    at += shape.reduce((product, n) => product * n, 1)
    return np.array(flat.slice(start, at), { shape })
  }
  return Array.from({ length: model.layers }, () =>
    conditionerForPeers(model).flatMap((dense) => [next([dense.out, dense.in]), next([dense.out])]),
  ).flat()
}

export const flowOf = (model: Model): JaxFlow => (model.kind === 'maf' ? autoregressive(model) : couplings(model))

const ALL: [] = []
const columns = (x: np.Array, start: number, stop: number): np.Array => x.slice(ALL, [start, stop])

const network = (conditioner: readonly Dense[], params: Params, x: np.Array): np.Array =>
  conditioner.reduce((at, dense, i) => {
    const weight = dense.mask
      ? params[2 * i]!.mul(np.array(dense.mask, { shape: [dense.out, dense.in] }))
      : params[2 * i]!
    const sums = np.matmul(at, np.transpose(weight)).add(params[2 * i + 1]!)
    return i === conditioner.length - 1 ? sums : nn.relu(sums)
  }, x)

const affine = (half: number, bound: number): Transform => {
  const logScale = (raw: np.Array): np.Array => {
    const r = columns(raw, half, 2 * half)
    return r.ref.div(np.abs(r).div(bound).add(1))
  }
  return {
    forward: (raw, x) => {
      const s = logScale(raw.ref)
      return [x.mul(np.exp(s.ref)).add(columns(raw, 0, half)), np.sum(s, -1)]
    },
    inverse: (raw, z) => {
      const s = logScale(raw.ref)
      return z.sub(columns(raw, 0, half)).mul(np.exp(np.negative(s)))
    },
  }
}

const normalLogProb = (z: np.Array, dim: number): np.Array =>
  np
    .sum(np.square(z), -1)
    .mul(-0.5)
    .sub((dim / 2) * Math.log(2 * Math.PI))

const couplings = (model: Model): JaxFlow => {
  const half = model.dim / 2
  const conditioner = conditionerForPeers(model)
  const perLayer = 2 * conditioner.length
  const transform = model.kind === 'nsf' ? splineTransform(half, model) : affine(half, model.bound)
  const own = (params: Params, i: number): Params => params.slice(i * perLayer, (i + 1) * perLayer)
  return {
    logProb: (params, x) => {
      const parts: [np.Array, np.Array] = [columns(x.ref, 0, half), columns(x, half, 2 * half)]
      let logDet: np.Array | undefined
      for (let i = 0; i < model.layers; i++) {
        const [kept, moved] = i % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
        const raw = network(conditioner, own(params, i), parts[kept].ref)
        const [value, logSlope] = transform.forward(raw, parts[moved])
        parts[moved] = value
        logDet = logDet ? logDet.add(logSlope) : logSlope
      }
      return normalLogProb(np.concatenate(parts, -1), model.dim).add(logDet!)
    },
    toData: (params, z) => {
      const parts: [np.Array, np.Array] = [columns(z.ref, 0, half), columns(z, half, 2 * half)]
      for (let i = model.layers - 1; i >= 0; i--) {
        const [kept, moved] = i % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
        parts[moved] = transform.inverse(network(conditioner, own(params, i), parts[kept].ref), parts[moved])
      }
      return np.concatenate(parts, -1)
    },
  }
}

const autoregressive = (model: Extract<Model, { readonly kind: 'realnvp' | 'maf' }>): JaxFlow => {
  const { dim } = model
  const conditioner = conditionerForPeers(model)
  const perLayer = 2 * conditioner.length
  const transform = affine(dim, model.bound)
  const own = (params: Params, i: number): Params => params.slice(i * perLayer, (i + 1) * perLayer)
  const turned = (x: np.Array, i: number): np.Array => (i % 2 === 0 ? x : np.flip(x, -1))
  const raw = (params: Params, x: np.Array): np.Array => network(conditioner, params, columns(x, 0, dim - 1))
  return {
    logProb: (params, x) => {
      let at = x
      let logDet: np.Array | undefined
      for (let i = 0; i < model.layers; i++) {
        const sorted = turned(at, i)
        const [value, logSlope] = transform.forward(raw(own(params, i), sorted.ref), sorted)
        at = turned(value, i)
        logDet = logDet ? logDet.add(logSlope) : logSlope
      }
      return normalLogProb(at, dim).add(logDet!)
    },
    // As many passes as columns, each of which makes one more column right.
    toData: (params, z) => {
      let at = z
      for (let i = model.layers - 1; i >= 0; i--) {
        const sorted = turned(at, i)
        let found = np.zerosLike(sorted.ref)
        for (let pass = 0; pass < dim; pass++) {
          const used = own(params, i).map((p) => p.ref)
          found = transform.inverse(raw(used, found), sorted.ref)
        }
        sorted.dispose()
        own(params, i).forEach((p) => p.dispose())
        at = turned(found, i)
      }
      return at
    },
  }
}
