import * as tf from '@tensorflow/tfjs-core'
import type { Model } from '../../problem/model.ts'
import type { Moved } from './flow.ts'

/**
 * Rational-quadratic splines (Durkan et al. 2019, equations 4 to 6); the bin of each number is chosen by a mask over all
 * bins. Written in operations whose kernels and derivatives the WebAssembly backend has.
 */
export const splineForward = (
  raw: tf.Tensor2D,
  x: tf.Tensor2D,
  model: Extract<Model, { readonly kind: 'nsf' }>,
): Moved => {
  const { bins, tails, minimumBin, minimumSlope } = model
  const half = x.shape[1]
  const offset = Math.log(Math.expm1(1 - minimumSlope))
  const group = (start: number, size: number): tf.Tensor3D =>
    tf.reshape(tf.slice2d(raw, [0, start], [-1, half * size]), [-1, half, size])
  const sizes = (start: number): tf.Tensor3D =>
    tf.mul(tf.add(tf.mul(tf.softmax(group(start, bins)), 1 - bins * minimumBin), minimumBin), 2 * tails)
  const widths = sizes(0)
  const heights = sizes(half * bins)
  const inner = tf.add(softplus(tf.add(group(2 * half * bins, bins - 1), offset)), minimumSlope)
  const inside = undifferentiated((number) => tf.lessEqual(tf.abs(number), tails), x)
  const held = tf.where(inside, x, tf.zerosLike(x)) as tf.Tensor2D
  const right = tf.sub(running(widths), tails)
  const left = tf.sub(right, widths)
  const bottoms = tf.sub(tf.sub(running(heights), tails), heights)
  const at = tf.expandDims(held, -1)
  const ends = (k: number, by: number): tf.Tensor1D =>
    tf.tensor1d(Array.from({ length: bins }, (_, i) => (i === k ? by : 0)))
  const chosen = undifferentiated(
    (number, from, to) =>
      tf.mul(
        tf.cast(tf.greaterEqual(number, tf.add(from, ends(0, -1))), 'float32'),
        tf.cast(tf.less(number, tf.add(to, ends(bins - 1, 1))), 'float32'),
      ),
    at,
    left,
    right,
  )
  const pick = (xs: tf.Tensor): tf.Tensor2D => tf.sum(tf.mul(xs, chosen), -1)
  const one: tf.Tensor3D = tf.ones([x.shape[0], half, 1])
  const w = pick(widths)
  const h = pick(heights)
  const l = pick(left)
  const b = pick(bottoms)
  const d0 = pick(tf.concat([one, inner], -1))
  const d1 = pick(tf.concat([inner, one], -1))
  const s = tf.div(h, w)
  const xi = tf.div(tf.sub(held, l), w)
  const rest = tf.sub(1, xi)
  const product = tf.mul(xi, rest)
  const spread = tf.add(tf.mul(tf.sub(tf.add(d0, d1), tf.mul(s, 2)), product), s)
  const rise = tf.add(tf.mul(s, tf.square(xi)), tf.mul(d0, product))
  const y = tf.add(b, tf.div(tf.mul(h, rise), spread))
  const weight = tf.add(tf.add(tf.mul(d1, tf.square(xi)), tf.mul(tf.mul(s, product), 2)), tf.mul(d0, tf.square(rest)))
  const slope = tf.sub(tf.log(tf.mul(tf.square(s), weight)), tf.mul(tf.log(spread), 2))
  return [tf.where(inside, y, x) as tf.Tensor2D, tf.sum(tf.where(inside, slope, tf.zerosLike(slope)), -1)]
}

/** A comparison: the library has no derivative for one, not even 0. */
const undifferentiated = (f: (...xs: readonly tf.Tensor[]) => tf.Tensor, ...xs: tf.Tensor[]): tf.Tensor =>
  tf.customGrad((...args) => {
    const given = args.slice(0, xs.length) as tf.Tensor[]
    return { value: f(...given), gradFunc: () => given.map((x) => tf.zeros(x.shape)) }
  })(...xs)

/** Running sums over bins, by a product: the backend's own `cumsum` fails under a derivative. */
const running = (sizes: tf.Tensor3D): tf.Tensor3D => {
  const [rows, half, bins] = sizes.shape
  const upper = tf.tensor2d(
    Array.from({ length: bins * bins }, (_, i) => (Math.floor(i / bins) <= i % bins ? 1 : 0)),
    [bins, bins],
  )
  return tf.reshape(tf.matMul(tf.reshape(sizes, [rows * half, bins]), upper), [rows, half, bins])
}

const softplus = (x: tf.Tensor3D): tf.Tensor3D => tf.add(tf.relu(x), tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(x))))))
