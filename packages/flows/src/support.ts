import { constant, type Example, equal, greater, less, or, sum, where } from '@diffeo/autodiff'
import { type Domain, endsOf } from './domain.ts'

type Ends = readonly [lower: number, upper: number]

/** The ends of each coordinate's support, in row-major order; undefined where a support is not an interval for each. */
export const endsOfCoordinates = ({ support, shape, parts }: Domain): readonly Ends[] | undefined => {
  if (parts) {
    const all = parts.map(endsOfCoordinates)
    return all.every((ends) => ends !== undefined) ? all.flat() : undefined
  }
  const ends = endsOf(support)
  return ends && Array.from({ length: shape.reduce((product, n) => product * n, 1) }, () => ends)
}

/** A point moved inside where it is not, and where it was. */
export interface Held {
  readonly value: Example
  /** Whether a coordinate was beyond an end of its support, `[]`. */
  readonly outside: Example
  /** Whether a coordinate is an end of its support, `[]`. */
  readonly onEnd: Example
}

/** Coordinates beyond an end of their support at a place inside; undefined where nothing is outside. */
export const heldInside = (domain: Domain, x: Example): Held | undefined => {
  const ends = endsOfCoordinates(domain)
  if (!ends?.some(([lower, upper]) => Number.isFinite(lower) || Number.isFinite(upper))) return undefined
  const of = (f: (ends: Ends) => number): Example => constant(ends.map(f), domain.shape)
  const [lower, upper] = [of(([l]) => l), of(([, u]) => u)]
  const beyond = or(less(x, lower), greater(x, upper))
  const any = (each: Example): Example => less(0, sum(where(each, 1, 0)))
  return {
    value: where(beyond, of(within), x),
    outside: any(beyond),
    onEnd: any(or(equal(x, lower), equal(x, upper))),
  }
}

const within = ([lower, upper]: Ends): number => {
  if (Number.isFinite(lower)) return Number.isFinite(upper) ? (lower + upper) / 2 : lower + 1
  return Number.isFinite(upper) ? upper - 1 : 0
}
