import type { LocalStretch } from './localStretch.ts'
import { placeOfMost } from './most.ts'
import type { RegionBounds } from './regionBounds.ts'

/** A stated number that does not hold. Facts only; `explainCertificateFinding` words them. */
export type CertificateFinding =
  | {
      readonly _tag: 'BoundExceeded'
      readonly direction: 'forward' | 'inverse'
      readonly row: number
      readonly bound: number
      readonly found: number
    }
  | { readonly _tag: 'WrongLogDet'; readonly row: number; readonly error: number }
  | {
      readonly _tag: 'RoundingBeyondPrediction'
      readonly row: number
      readonly predicted: number
      readonly found: number
    }

const short = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(3))) : '∞')

/** What a stated number claims, and what was found instead. */
export const explainCertificateFinding = (f: CertificateFinding): string => {
  switch (f._tag) {
    case 'BoundExceeded':
      return `The ${f.direction === 'forward' ? 'map' : 'inverse'} stretches by ${short(f.found)} at row ${f.row}, more than its bound on the data's box, ${short(f.bound)}: a layer states a wrong bound.`
    case 'WrongLogDet':
      return `At row ${f.row} the log-determinant is off by ${short(f.error)} nats from that of the Jacobian: a layer states a wrong one.`
    case 'RoundingBeyondPrediction':
      return `In float32 row ${f.row} has a log-density off by ${short(f.found)} nats, more than the ${short(f.predicted)} that rounding of its operations explains.`
  }
}

/** Rounding of a Jacobian in float64, relative; its determinant is off by the condition times this. */
const ROUNDING = 1e-12
/** Room for rounding when a stretch is held against its bound. */
const SLACK = 1e-6

/** `places`: rows of the sample that were looked at. */
export const findingsOf = (
  places: Uint32Array,
  box: RegionBounds,
  here: LocalStretch,
  logDensity: Float64Array,
  predicted: Float64Array,
): readonly CertificateFinding[] => {
  const exceeds = (direction: 'forward' | 'inverse', found: Float64Array): readonly CertificateFinding[] => {
    const i = placeOfMost(found)
    const bound = box[direction]
    return found[i]! > bound * (1 + SLACK)
      ? [{ _tag: 'BoundExceeded', direction, row: places[i]!, bound, found: found[i]! }]
      : []
  }
  // How far beyond what the Jacobian's own condition explains.
  const off = here.logDetError.map((x, i) => Math.abs(x) / (1e-6 + (ROUNDING * here.largest[i]!) / here.smallest[i]!))
  const wrong = placeOfMost(off)
  const rough = placeOfMost(logDensity.map((x, i) => x / predicted[i]!))
  return [
    ...exceeds('forward', here.largest),
    ...exceeds(
      'inverse',
      here.smallest.map((s) => 1 / s),
    ),
    ...(off[wrong]! > 1
      ? [{ _tag: 'WrongLogDet', row: places[wrong]!, error: here.logDetError[wrong]! } as const]
      : []),
    ...(logDensity[rough]! > predicted[rough]!
      ? [
          {
            _tag: 'RoundingBeyondPrediction',
            row: places[rough]!,
            predicted: predicted[rough]!,
            found: logDensity[rough]!,
          } as const,
        ]
      : []),
  ]
}
