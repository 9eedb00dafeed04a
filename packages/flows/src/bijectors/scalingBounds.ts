import { broadcastTo, evaluate, type Shape, type Tensor } from '@diffeo/autodiff'
import type { Lipschitz, Region } from '../bijector.ts'

/** Bounds of x · scale + shift, coordinate by coordinate, with positive known scales. */
export const scalingBounds = (scale: Tensor, shift: Tensor, shape: Shape, region: Region): Lipschitz => {
  const [s, b] = [scale, shift].map((p) => evaluate(broadcastTo(p, shape)).data) as [Float64Array, Float64Array]
  const moved = (end: Float64Array): Float64Array => end.map((x, i) => x * s[i]! + b[i]!)
  return {
    forward: s.reduce((most, x) => Math.max(most, x), 0),
    inverse: s.reduce((most, x) => Math.max(most, 1 / x), 0),
    image: { lower: moved(region.lower), upper: moved(region.upper) },
  }
}
