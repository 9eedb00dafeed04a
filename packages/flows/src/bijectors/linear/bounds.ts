import { evaluate, type Tensor } from '@diffeo/autodiff'
import type { Lipschitz, Region } from '../../bijector.ts'
import { spectrum } from '../../theory/spectrum.ts'

/** Room for the rounding of the spectrum, relative. */
const SLACK = 1e-10

/** Bounds of x ↦ W x + b on a region: largest singular values of W and of its inverse, and the box around the image. */
export const linearBounds = (weight: Tensor, inverse: Tensor, shift: Tensor, region: Region): Lipschitz => {
  const [w, b] = [evaluate(weight).data as Float64Array, evaluate(shift).data]
  const d = b.length
  const end = (nearer: Float64Array, other: Float64Array): Float64Array =>
    Float64Array.from({ length: d }, (_, i) => {
      let total = b[i]!
      for (let j = 0; j < d; j++) {
        const wij = w[i * d + j]!
        if (wij !== 0) total += wij * (wij > 0 ? nearer[j]! : other[j]!)
      }
      return total
    })
  return {
    forward: largestStretch(w, [d, d]),
    inverse: largestStretch(evaluate(inverse).data as Float64Array, [d, d]),
    image: { lower: end(region.lower, region.upper), upper: end(region.upper, region.lower) },
  }
}

/** Largest singular value of `[m, n]`, row-major, from the eigenvalues of WᵀW; ∞ where an element is not finite. */
export const largestStretch = (w: Float64Array, [m, n]: readonly [number, number]): number => {
  if (!w.every(Number.isFinite)) return Infinity
  const gram = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) for (let k = 0; k < m; k++) gram[i * n + j]! += w[k * n + i]! * w[k * n + j]!
  return Math.sqrt(Math.max(0, spectrum(gram, n).values[0]!)) * (1 + SLACK)
}
