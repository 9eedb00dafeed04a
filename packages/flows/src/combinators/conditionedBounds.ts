import { type Example, input, type interval, jvp, type Node, nodeOf, type Tensor } from '@diffeo/autodiff'
import type { Lipschitz, Region } from '../bijector.ts'
import { largestStretch } from '../bijectors/linear/bounds.ts'
import { enclose } from '../conditioners/enclosure.ts'
import type { Transform, TransformBounds } from '../transform.ts'

/** Scalar maps whose raw numbers a network makes from other coordinates, in an order that makes the Jacobian triangular. */
export interface Conditioned {
  readonly transform: Transform
  /** Coordinates that enter the network, in its own order. */
  readonly seen: readonly number[]
  /** Coordinates that are moved, in the order of the raw numbers. */
  readonly moved: readonly number[]
  /** Of each moved coordinate: it sees none of its own rank or above. */
  readonly ranks: readonly number[]
  /** Raw numbers `[moved, parameterCount]` from the coordinates seen `[seen]`. */
  readonly raw: (seen: Example) => Example
}

/** Room for the rounding of norms, relative. */
const SLACK = 1e-9

/**
 * Bounds on a box. The Jacobian is triangular: slopes on its diagonal, and beside them what a coordinate's value changes by
 * with its raw numbers, times what these change by with the coordinates seen. Entry by entry it is bounded by a matrix
 * whose norm bounds its own; of its inverse, by the inverse of the comparison matrix.
 *
 * @see Ostrowski 1937, Über die Determinanten mit überwiegender Hauptdiagonale, for |J⁻¹| ≤ ⟨J⟩⁻¹
 */
export const conditionedBounds = (layer: Conditioned, region: Region): Lipschitz | undefined => {
  const { transform, seen, moved } = layer
  if (!transform.bounds) return undefined
  const d = region.lower.length
  const { raw, slopes } = networkOn(layer, region)
  const image = { lower: region.lower.slice(), upper: region.upper.slice() }
  const diagonal: interval.Interval[] = Array.from({ length: d }, () => [1, 1])
  const beside = new Float64Array(d * d)
  const k = transform.parameterCount
  moved.forEach((i, m) => {
    const { value, slope, pulls }: TransformBounds = transform.bounds!(rowOf(raw, m, k), [
      region.lower[i]!,
      region.upper[i]!,
    ])
    image.lower[i] = value[0]
    image.upper[i] = value[1]
    diagonal[i] = slope
    seen.forEach((j, n) => {
      let total = 0
      for (let p = 0; p < k; p++) total += times(pulls[p]!, slopes[n]![m * k + p]!)
      beside[i * d + j] = total
    })
  })
  const moves = new Set(moved)
  const order = [...Array.from({ length: d }, (_, i) => i).filter((i) => !moves.has(i)), ...byRank(layer)]
  return { ...triangularStretch(diagonal, beside, order), image }
}

/** The same of the inverse, on a box of the codomain. */
export const conditionedInverseBounds = (layer: Conditioned, region: Region): Lipschitz | undefined => {
  const { transform, seen, moved, ranks } = layer
  if (!transform.bounds || !transform.preimage) return undefined
  const from = { lower: region.lower.slice(), upper: region.upper.slice() }
  // What is not known yet is not looked at by those whose turn it is: any number will do.
  for (const i of moved) from.lower[i] = from.upper[i] = 0
  const last = Math.max(-1, ...ranks)
  for (let rank = 0; rank <= last; rank++) {
    const { raw } = rawOn(layer, seen.length, at(from, seen))
    moved.forEach((i, m) => {
      if (ranks[m] !== rank) return
      const z: interval.Interval = [region.lower[i]!, region.upper[i]!]
      const [a, b] = transform.preimage!(rowOf(raw, m, transform.parameterCount), z)
      from.lower[i] = a
      from.upper[i] = b
    })
  }
  const there = conditionedBounds(layer, from)
  return there && { forward: there.inverse, inverse: there.forward, image: from }
}

const byRank = ({ moved, ranks }: Conditioned): readonly number[] =>
  [...moved.keys()].sort((a, b) => ranks[a]! - ranks[b]!).map((m) => moved[m]!)

const at = ({ lower, upper }: Region, places: readonly number[]): Region => ({
  lower: Float64Array.from(places, (i) => lower[i]!),
  upper: Float64Array.from(places, (i) => upper[i]!),
})

const rowOf = ({ lower, upper }: Region, row: number, width: number): readonly interval.Interval[] =>
  Array.from({ length: width }, (_, p): interval.Interval => [lower[row * width + p]!, upper[row * width + p]!])

const rawOn = ({ raw }: Conditioned, count: number, box: Region) => {
  const x = input([count]) as Tensor
  const result = nodeOf(raw(x as Example))
  const boxes = enclose([result], new Map([[nodeOf(x), box]]))
  return { raw: boxes.get(result)! }
}

/** Boxes of the raw numbers, and by coordinate seen the sizes of their derivatives at most. */
const networkOn = (
  { raw, seen }: Conditioned,
  region: Region,
): { readonly raw: Region; readonly slopes: readonly Float64Array[] } => {
  const box = at(region, seen)
  const [x, tangent] = [input([seen.length]) as Tensor, input([seen.length]) as Tensor]
  const [value, moved] = jvp(raw, x as Example, tangent as Example).map(nodeOf) as [Node, Node]
  const known = enclose([value], new Map([[nodeOf(x), box]]))
  const slopes = seen.map((_, j) => {
    const unit = new Float64Array(seen.length)
    unit[j] = 1
    const { lower, upper } = enclose([moved], new Map([...known, [nodeOf(tangent), { lower: unit, upper: unit }]])).get(
      moved,
    )!
    return lower.map((a, e) => Math.max(Math.abs(a), Math.abs(upper[e]!)))
  })
  return { raw: known.get(value)!, slopes }
}

/** Largest stretch both ways of matrices with these sizes on the diagonal and at most these beside it, triangular in the order. */
const triangularStretch = (
  diagonal: readonly interval.Interval[],
  beside: Float64Array,
  order: readonly number[],
): { readonly forward: number; readonly inverse: number } => {
  const d = diagonal.length
  const most = beside.slice()
  diagonal.forEach(([, high], i) => {
    most[i * d + i] = high
  })
  const back = new Float64Array(d * d)
  for (const i of order) {
    const shrinks = 1 / diagonal[i]![0]
    back[i * d + i] = shrinks
    for (let j = 0; j < d; j++) {
      if (j === i) continue
      let total = 0
      for (let k = 0; k < d; k++) total += times(beside[i * d + k]!, back[k * d + j]!)
      back[i * d + j] = times(shrinks, total)
    }
  }
  return { forward: largestStretch(most, [d, d]) * (1 + SLACK), inverse: largestStretch(back, [d, d]) * (1 + SLACK) }
}

/** What is always 0 stays so beside what has no bound. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)
