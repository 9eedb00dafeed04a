import { nn, numpy as np } from '@jax-js/jax'
import type { Model } from '../../problem/model.ts'
import type { Transform } from './flow.ts'

/**
 * Rational-quadratic splines (Durkan et al. 2019, equations 4 to 6); the bin of each number is chosen by a mask over all
 * bins, which is quicker here than gathers. Only the forward direction is measured.
 */
export const splineTransform = (half: number, model: Extract<Model, { readonly kind: 'nsf' }>): Transform => {
  const { bins, tails, minimumBin, minimumSlope } = model
  const offset = Math.log(Math.expm1(1 - minimumSlope))
  const group = (raw: np.Array, start: number, size: number): np.Array =>
    raw.slice([], [start, start + half * size]).reshape([-1, half, size])
  const sizes = (raw: np.Array): np.Array =>
    nn
      .softmax(raw, -1)
      .mul(1 - bins * minimumBin)
      .add(minimumBin)
      .mul(2 * tails)
  return {
    forward: (raw, x) => {
      const widths = sizes(group(raw.ref, 0, bins))
      const heights = sizes(group(raw.ref, half * bins, bins))
      const inner = nn.softplus(group(raw, 2 * half * bins, bins - 1).add(offset)).add(minimumSlope)
      const inside = np.abs(x.ref).lessEqual(tails)
      const held = np.where(inside.ref, x.ref, 0)
      const right = np.cumsum(widths.ref, -1).sub(tails)
      const left = right.ref.sub(widths.ref)
      const bottoms = np.cumsum(heights.ref, -1).sub(tails).sub(heights.ref)
      // The number of left edges at or below a number, less one, is its bin.
      const at = np.expandDims(held.ref, -1)
      const reached = np.array([...Array(bins).keys()].map((k) => (k === 0 ? -Infinity : 0)))
      const after = np.array([...Array(bins).keys()].map((k) => (k === bins - 1 ? Infinity : 0)))
      const chosen = at.ref
        .greaterEqual(left.ref.add(reached))
        .astype(np.float32)
        .mul(at.less(right.add(after)).astype(np.float32))
      const pick = (xs: np.Array): np.Array => np.sum(xs.mul(chosen.ref), -1)
      const one = np.ones([x.shape[0]!, half, 1])
      const w = pick(widths)
      const h = pick(heights)
      const l = pick(left)
      const b = pick(bottoms)
      const d0 = pick(np.concatenate([one.ref, inner.ref], -1))
      const d1 = pick(np.concatenate([inner, one], -1))
      chosen.dispose()
      const s = h.ref.div(w.ref)
      const xi = held.sub(l).div(w)
      const rest = np.subtract(1, xi.ref)
      const product = xi.ref.mul(rest.ref)
      const spread = d0.ref.add(d1.ref).sub(s.ref.mul(2)).mul(product.ref).add(s.ref)
      const rise = s.ref.mul(np.square(xi.ref)).add(d0.ref.mul(product.ref))
      const y = b.add(h.mul(rise).div(spread.ref))
      const weight = d1
        .mul(np.square(xi))
        .add(s.ref.mul(product).mul(2))
        .add(d0.mul(np.square(rest)))
      const slope = np.log(np.square(s).mul(weight)).sub(np.log(spread).mul(2))
      return [np.where(inside.ref, y, x), np.sum(np.where(inside, slope, 0), -1)]
    },
    inverse: () => {
      throw new Error('jax-js: the inverse of a spline is not measured.')
    },
  }
}
