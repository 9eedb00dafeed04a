import { type interval, type Node, rowOf, sizeOf, topologicalOrder } from '@diffeo/autodiff'
import type { Region } from '../bijector.ts'

/** Operations that give numbers of their inputs, or sums of them: lowest and highest values go through them alike. */
const MONOTONE = new Set([
  'alias',
  'stopGradient',
  'broadcastTo',
  'sum',
  'reshape',
  'transpose',
  'slice',
  'pad',
  'flip',
  'concat',
  'cumulativeSum',
  'gather',
  'takeAlong',
  'lanes.spread',
])

/** More than what sums of floating-point products of any usual length are off by, relative to the sizes of their terms. */
const ROUNDING = 1e-13

/**
 * Where each node of a graph lies when some of its nodes lie in boxes: interval arithmetic, with the ranges that scalar
 * rows state of themselves. Nodes in `known` keep their boxes. What an operation does that is not known here, nothing
 * bounds.
 *
 * @see Moore, Kearfott & Cloud 2009, Introduction to interval analysis
 */
export const enclose = (results: readonly Node[], known: ReadonlyMap<Node, Region>): ReadonlyMap<Node, Region> => {
  const boxes = new Map(known)
  const boxOf = (node: Node): Region => boxes.get(node)!
  for (const node of topologicalOrder([...results]))
    if (!boxes.has(node)) boxes.set(node, enclosed(node, node.inputs.map(boxOf)))
  return boxes
}

const enclosed = (node: Node, inputs: readonly Region[]): Region => {
  if (inputs.every(isPoint)) {
    if (node.inputs.length === 0 && node.operation.name === 'input') return anywhere(node)
    if (node.inputs.length === 0 || !node.varies)
      return point(
        applied(
          node,
          inputs.map(({ lower }) => lower),
        ),
      )
  }
  const row = rowOf(node)
  if (row) return throughRow(node, row.range, inputs)
  if (node.operation.name === 'contract') return throughProduct(node, inputs[0]!, inputs[1]!)
  // Where an index is not known, nor is what it takes.
  const indexed = node.inputs.every((x, i) => x.dtype === 'float' || isPoint(inputs[i]!))
  if (!MONOTONE.has(node.operation.name) || !indexed) return anywhere(node)
  return {
    lower: applied(
      node,
      inputs.map(({ lower }) => lower),
    ),
    upper: applied(
      node,
      inputs.map(({ upper }) => upper),
    ),
  }
}

const applied = (node: Node, inputs: readonly Float64Array[]): Float64Array => {
  const out = new Float64Array(sizeOf(node.shape))
  node.operation.kernel(node)([out], inputs, 1, { offset: 0 })
  return out
}

const point = (values: Float64Array): Region => ({ lower: values, upper: values })
const isPoint = ({ lower, upper }: Region): boolean => lower === upper || lower.every((x, i) => x === upper[i])
const anywhere = ({ shape }: Node): Region => ({
  lower: new Float64Array(sizeOf(shape)).fill(-Infinity),
  upper: new Float64Array(sizeOf(shape)).fill(Infinity),
})

/** Element by element, with broadcasting. */
const throughRow = (
  node: Node,
  range: (...x: interval.Interval[]) => interval.Interval,
  inputs: readonly Region[],
): Region => {
  const size = sizeOf(node.shape)
  const places = node.inputs.map((x) => placesIn(x.shape, node.shape))
  const [lower, upper] = [new Float64Array(size), new Float64Array(size)]
  for (let e = 0; e < size; e++) {
    const [a, b] = range(
      ...inputs.map((x, i): interval.Interval => [x.lower[places[i]![e]!]!, x.upper[places[i]![e]!]!]),
    )
    lower[e] = Number.isNaN(a) ? -Infinity : a
    upper[e] = Number.isNaN(b) ? Infinity : b
  }
  return { lower, upper }
}

/** Where each element of a shape finds its own in a shape that broadcasts to it. */
const placesIn = (shape: readonly number[], to: readonly number[]): Uint32Array => {
  const places = new Uint32Array(sizeOf(to))
  const lead = to.length - shape.length
  for (let e = 0; e < places.length; e++) {
    let [rest, stride, at] = [e, 1, 0]
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const along = rest % to[axis]!
      rest = (rest - along) / to[axis]!
      const own = axis < lead ? 1 : shape[axis - lead]!
      if (own > 1) at += along * stride
      stride *= own
    }
    places[e] = at
  }
  return places
}

/** By middles and radii: |A B - A₀ B₀| ≤ |A₀| r_B + r_A |B₀| + r_A r_B. A term without a bound leaves its sum without one. */
const throughProduct = (node: Node, a: Region, b: Region): Region => {
  const [x, y] = [balls(a), balls(b)]
  const of = (p: Float64Array, q: Float64Array): Float64Array => applied(node, [p, q])
  const [middle, size, endless, endless2] = [
    of(x.middle, y.middle),
    of(x.reach, y.reach),
    of(x.endless, y.possible),
    of(x.possible, y.endless),
  ]
  const radius = sumOf(of(x.size, y.radius), of(x.radius, y.size), of(x.radius, y.radius))
  const end = (side: 1 | -1) =>
    middle.map((m, e) =>
      endless[e]! + endless2[e]! > 0 ? side * Infinity : m + side * (radius[e]! + ROUNDING * size[e]!),
    )
  return { lower: end(-1), upper: end(1) }
}

const sumOf = (a: Float64Array, b: Float64Array, c: Float64Array): Float64Array => a.map((x, e) => x + b[e]! + c[e]!)

const balls = ({ lower, upper }: Region) => {
  const bounded = lower.map((a, e) => (Number.isFinite(a) && Number.isFinite(upper[e]!) ? 1 : 0))
  const middle = lower.map((a, e) => (bounded[e] ? a / 2 + upper[e]! / 2 : 0))
  const radius = lower.map((a, e) => (bounded[e] ? Math.max(upper[e]! - middle[e]!, middle[e]! - a) : 0))
  const size = middle.map(Math.abs)
  const reach = size.map((m, e) => m + radius[e]!)
  return {
    middle,
    radius,
    size,
    reach,
    endless: bounded.map((x) => 1 - x),
    /** Not always 0. */
    possible: reach.map((m, e) => (m > 0 || !bounded[e] ? 1 : 0)),
  }
}
