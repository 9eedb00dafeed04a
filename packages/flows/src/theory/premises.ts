import { spectrum } from './spectrum.ts'
import type { UniquenessTheorem } from './whyUnique.ts'

/** Two maps seen at the same points: what theorems about their determinants ask of them. */
export interface PairSeen {
  readonly dimension: number
  /** Whether both have one base with one set of parameters, and of which kind it is. */
  readonly sameBase: boolean
  readonly baseKind: string
  /** Whether the base's density is the same at z and -z, at the latents seen. */
  readonly symmetricBase: boolean
  /** log|det| at every row, of each map. */
  readonly logDets: readonly [Float64Array, Float64Array]
  /** Latents and Jacobians, `[d, d]` row-major, at some of the rows. */
  readonly maps: readonly [Seen, Seen]
}
export interface Seen {
  readonly latents: readonly Float64Array[]
  readonly jacobians: readonly Float64Array[]
}

/** Entries below this share of a Jacobian's largest are zero: derivatives in float64 leave less behind. */
const NOTHING = 1e-9

/**
 * The first theorem whose premises hold at the points seen, from those that say most about a pair; none where the bases
 * differ. Premises are judged by values and Jacobians, never by the determinants that they are about, but for those of
 * `ConstantDeterminants`, which is about their constancy.
 */
export const theoremFor = (pair: PairSeen): UniquenessTheorem | undefined => {
  const { dimension, sameBase, baseKind, symmetricBase, logDets, maps } = pair
  if (!sameBase) return undefined
  if (baseKind === 'uniform') return { _tag: 'UniformBase' }
  if (dimension === 1) {
    const [first, second] = maps.map(directionOf)
    if (first === 1 && second === 1) return { _tag: 'IncreasingInOneDimension' }
    if (first && second && symmetricBase) return { _tag: 'MonotoneInOneDimension' }
  }
  if (logDets.every(isConstant)) return { _tag: 'ConstantDeterminants' }
  const order = triangularOrder(maps, dimension)
  if (order) return { _tag: 'IncreasingTriangular', order }
  if (maps.every((map) => map.jacobians.every((j) => isConvexHessian(j, dimension))))
    return { _tag: 'GradientOfConvex' }
  return movedRigidly(maps) ? { _tag: 'Isometry' } : undefined
}

/** 1 or -1 where all slopes have that sign. */
const directionOf = ({ jacobians }: Seen): number | undefined => {
  const sign = Math.sign(jacobians[0]![0]!)
  return sign !== 0 && jacobians.every(([slope]) => Math.sign(slope!) === sign) ? sign : undefined
}

const isConstant = (values: Float64Array): boolean => {
  const first = values[0]!
  return values.every((x) => Math.abs(x - first) <= NOTHING * Math.max(1, Math.abs(first)))
}

const largest = (xs: ArrayLike<number>): number => {
  let most = 0
  for (let i = 0; i < xs.length; i++) most = Math.max(most, Math.abs(xs[i]!))
  return most
}

/**
 * The place of each coordinate in an order in which every Jacobian of both maps is triangular with a positive diagonal.
 * A coordinate stands after all that its own latent depends on.
 */
const triangularOrder = (maps: readonly Seen[], d: number): readonly number[] | undefined => {
  const needs = Array.from({ length: d }, () => new Set<number>())
  for (const { jacobians } of maps)
    for (const j of jacobians) {
      const nothing = NOTHING * largest(j)
      for (let i = 0; i < d; i++) {
        if (!(j[i * d + i]! > 0)) return undefined
        for (let k = 0; k < d; k++) if (k !== i && Math.abs(j[i * d + k]!) > nothing) needs[i]!.add(k)
      }
    }
  const places = new Array<number>(d).fill(-1)
  for (let place = 0; place < d; place++) {
    const next = places.findIndex((at, i) => at < 0 && [...needs[i]!].every((k) => places[k]! >= 0))
    if (next < 0) return undefined
    places[next] = place
  }
  return places
}

const isConvexHessian = (j: Float64Array, d: number): boolean => {
  const nothing = NOTHING * largest(j)
  for (let i = 0; i < d; i++)
    for (let k = 0; k < i; k++) if (!(Math.abs(j[i * d + k]! - j[k * d + i]!) <= nothing)) return false
  return spectrum(j, d).values[d - 1]! > 0
}

/** All distances between latents are the same under both maps. */
const movedRigidly = ([first, second]: readonly [Seen, Seen]): boolean => {
  const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(...a.map((x, i) => x - b[i]!))
  return first.latents.every((at, i) =>
    first.latents.slice(0, i).every((other, k) => {
      const own = distance(at, other)
      return Math.abs(own - distance(second.latents[i]!, second.latents[k]!)) <= 1e-7 * Math.max(1, own)
    }),
  )
}
