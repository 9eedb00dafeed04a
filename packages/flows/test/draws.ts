import { evaluate, type HostArray, mul, random, type Shape } from '@diffeo/autodiff'

/** Normal numbers of one standard deviation as a uniform array, the same for the same seed everywhere. */
export const normals = (seed: number, shape: Shape, deviation = 1): HostArray =>
  evaluate(mul(random.normal(random.key(seed), shape), deviation))

/** Points `[...shape]` for `lanes` examples, normal with one standard deviation. */
export const normalPoints = (
  seed: number,
  lanes: number,
  shape: Shape,
  deviation = 1,
): HostArray & { readonly lanes: number } => ({ data: normals(seed, [...shape, lanes], deviation).data, shape, lanes })

/** The largest absolute value, 0 of nothing; NaN if any is. */
export const largest = (xs: ArrayLike<number>): number => {
  let most = 0
  for (let i = 0; i < xs.length; i++) {
    if (Number.isNaN(xs[i])) return Number.NaN
    most = Math.max(most, Math.abs(xs[i]!))
  }
  return most
}

/** The largest distance between two lists of numbers of one length; NaN if any distance is. */
export const distance = (xs: ArrayLike<number>, ys: ArrayLike<number>): number => {
  if (xs.length !== ys.length) throw new Error(`distance: ${xs.length} numbers and ${ys.length}`)
  return largest(Array.from(xs, (x, i) => (Object.is(x, ys[i]) ? 0 : x - ys[i]!)))
}

/** The values for each of `lanes` examples, lanes innermost; a uniform array has the same for all. */
export const perLane = ({ data, lanes: own }: HostArray, lanes: number): Float64Array =>
  own === undefined
    ? Float64Array.from({ length: data.length * lanes }, (_, i) => data[Math.floor(i / lanes)]!)
    : Float64Array.from(data)
