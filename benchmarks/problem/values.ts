import { evaluate, random } from '@diffeo/autodiff'
import { conditionerOf, sizeOf } from './layout.ts'
import type { Model } from './model.ts'

/** The same normal numbers for the same seed, on every machine. */
export const normals = (seed: number, count: number): Float32Array =>
  Float32Array.from(evaluate(random.normal(random.key(seed), [count])).data)

/**
 * Parameters away from their start, where last layers are 0 and most gradients with them: hidden weights as in He et al.
 * 2015, the last a hundredth of that variance, small biases.
 */
export const parametersOf = (model: Model): Float32Array => {
  const values = normals(1, sizeOf(model))
  const conditioner = conditionerOf(model)
  let at = 0
  const scale = (count: number, by: number): void => {
    for (const end = at + count; at < end; at++) values[at]! *= by
  }
  for (let layer = 0; layer < model.layers; layer++)
    conditioner.forEach((dense, i) => {
      scale(dense.out * dense.in, Math.sqrt((i === conditioner.length - 1 ? 0.02 : 2) / dense.in))
      scale(dense.out, 0.1)
    })
  return values
}

/** Correlated rows, row-major, with variance about 1. */
export const rowsOf = (model: Model, count: number): Float32Array => {
  const values = normals(2, count * model.dim)
  return values.map((v, i) => (i % model.dim === 0 ? v : 0.8 * v + 0.6 * values[i - 1]!))
}

/** Points of the latent space, row-major. */
export const latentOf = (model: Model, count: number): Float32Array => normals(3, count * model.dim)
