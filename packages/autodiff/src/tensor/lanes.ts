import { mistake } from '../error.ts'
import { sizeOf } from '../shape.ts'
import { sumTo } from './broadcast.ts'
import { constant } from './constant.ts'
import { type ContractAttributes, contractOperation } from './contract.ts'
import { add, cast, div, equal, exp, log, mul, sub, where } from './elementwise.ts'
import { type Kernel, make, type Operation } from './operation.ts'
import type { DType, Example, Node, Tensor } from './tensor.ts'
import { nodeOf } from './tensor.ts'

/**
 * A way for examples to meet: a state is started, absorbs the values of each tile of lanes, and is finished.
 * States of different tiles could be joined in the same way, so that lanes may be split over threads or machines.
 */
export interface Join {
  readonly name: string
  /** Numbers of state for each element. */
  readonly identity: readonly number[]
  /** Puts the values `xs[from … to-1]` into a state of `identity.length` numbers that begins at `at`. */
  absorb(state: Float64Array, at: number, xs: Float64Array, from: number, to: number): void
  /** Puts another state in: the one at `from` of `other` into the one at `at` of `state`. */
  join(state: Float64Array, at: number, other: Float64Array, from: number): void
  finish(state: Float64Array, at: number): number
  /**
   * How large the terms behind a result were together, which its rounding error is measured by; `sizes` is a state that
   * absorbed the magnitudes of the same values. 0 where a result is exact.
   */
  magnitude(state: Float64Array, sizes: Float64Array, at: number): number
  /** Of one example alone, whose value is given as one that does not vary. */
  readonly single: (x: Node) => Node
  /** ∂(result)/∂(one lane's value), varying; null where there is none. */
  derivative(x: Node, result: Node): Node | null
}

const itself = (x: Node): Node => x

const total: Omit<Join, 'name' | 'derivative'> = {
  single: itself,
  identity: [0],
  absorb: (s, at, xs, from, to) => {
    let sum = s[at]!
    for (let l = from; l < to; l++) sum += xs[l]!
    s[at] = sum
  },
  join: (s, at, other, from) => {
    s[at]! += other[from]!
  },
  finish: (s, at) => s[at]!,
  magnitude: (_, sizes, at) => sizes[at]!,
}

/** Count, mean and sum of squared deviations (Welford 1962; joined by Chan, Golub & LeVeque 1983). */
const moments: Omit<Join, 'name' | 'derivative' | 'finish' | 'magnitude'> = {
  identity: [0, 0, 0],
  // 0, and NaN of what is not finite.
  single: (x) => nodeOf(sub(x, x)),
  absorb: (s, at, xs, from, to) => {
    for (let l = from; l < to; l++) {
      const n = s[at]! + 1
      const off = xs[l]! - s[at + 1]!
      s[at] = n
      s[at + 1]! += off / n
      s[at + 2]! += off * (xs[l]! - s[at + 1]!)
    }
  },
  join: (s, at, other, from) => {
    const [n, m] = [s[at]!, other[from]!]
    if (m === 0) return
    const off = other[from + 1]! - s[at + 1]!
    s[at] = n + m
    s[at + 1]! += (off * m) / (n + m)
    s[at + 2]! += other[from + 2]! + (off * off * n * m) / (n + m)
  },
}

const extreme = (name: string, identity: number, pick: (a: number, b: number) => number): Join => ({
  name,
  identity: [identity],
  single: itself,
  absorb: (s, at, xs, from, to) => {
    for (let l = from; l < to; l++) s[at] = pick(s[at]!, xs[l]!)
  },
  join: (s, at, other, from) => {
    s[at] = pick(s[at]!, other[from]!)
  },
  finish: (s, at) => s[at]!,
  magnitude: () => 0,
  // A tie shares the derivative evenly.
  derivative: (x, result) => {
    const here = where(equal(x, result), 1, 0)
    return nodeOf(div(here, joined(joins.sum, nodeOf(here))))
  },
})

export const joins: Readonly<Record<'sum' | 'mean' | 'variance' | 'min' | 'max' | 'logSumExp' | 'any', Join>> = {
  sum: { ...total, name: 'sum', derivative: (x) => ones(x) },
  /** Number and sum, not a running mean: one infinite value makes the mean infinite, not NaN. */
  mean: {
    name: 'mean',
    identity: [0, 0],
    single: itself,
    absorb: (s, at, xs, from, to) => {
      s[at]! += to - from
      total.absorb(s, at + 1, xs, from, to)
    },
    join: (s, at, other, from) => {
      s[at]! += other[from]!
      s[at + 1]! += other[from + 1]!
    },
    finish: (s, at) => s[at + 1]! / s[at]!,
    magnitude: (_, sizes, at) => sizes[at + 1]! / sizes[at]!,
    derivative: () => nodeOf(div(1, count())),
  },
  variance: {
    ...moments,
    name: 'variance',
    finish: (s, at) => s[at + 2]! / s[at]!,
    // Condition of a variance (Chan, Golub & LeVeque 1983, §2): the root of 1 + mean² / variance.
    magnitude: (s, _, at) => {
      const variance = s[at + 2]! / s[at]!
      return Math.sqrt(variance * (variance + s[at + 1]! ** 2))
    },
    derivative: (x) => nodeOf(div(mul(2, sub(x, joined(joins.mean, x))), count())),
  },
  min: extreme('min', Infinity, Math.min),
  max: extreme('max', -Infinity, Math.max),
  /** Largest so far, and Σ e^(x - largest). */
  logSumExp: {
    name: 'logSumExp',
    identity: [-Infinity, 0],
    single: itself,
    absorb: (s, at, xs, from, to) => {
      for (let l = from; l < to; l++) absorbScaled(s, at, xs[l]!, 1)
    },
    join: (s, at, other, from) => absorbScaled(s, at, other[from]!, other[from + 1]!),
    finish: (s, at) => s[at]! + Math.log(s[at + 1]!),
    magnitude: (s, _, at) => 1 + Math.abs(s[at]! + Math.log(s[at + 1]!)),
    // Of nothing but -∞ the weights are 0.
    derivative: (x, result) => nodeOf(exp(sub(x, where(equal(result, -Infinity), 0, result)))),
  },
  any: {
    ...extreme('any', 0, Math.max),
    derivative: () => null,
  },
}

const absorbScaled = (s: Float64Array, at: number, x: number, weight: number): void => {
  // -∞ adds nothing. What equals the largest has weight 1, where a difference of infinities would be NaN.
  if (x === -Infinity) return
  const largest = Math.max(s[at]!, x)
  s[at + 1] =
    s[at + 1]! * (s[at] === largest ? 1 : Math.exp(s[at]! - largest)) +
    weight * (x === largest ? 1 : Math.exp(x - largest))
  s[at] = largest
}

const ones = (x: Node): Node => nodeOf(constant(new Float64Array(sizeOf(x.shape)).fill(1), x.shape))

/** Lanes enter a tile-wide state first, which then joins the running one: fixed by the tile, so the same for any number of threads. */
export interface JoinKernel {
  readonly start: () => Float64Array
  /** Absorbs one tile. */
  readonly absorb: (state: Float64Array, inputs: readonly Float64Array[], lanes: number) => void
  readonly finish: (state: Float64Array, out: Float64Array) => void
  /** Of each result, how large its terms were together; `sizes` absorbed the magnitudes of what `state` did. */
  readonly magnitudes: (state: Float64Array, sizes: Float64Array, out: Float64Array) => void
}

export const joinOperation: Operation<{ readonly join: Join }> = {
  name: 'lanes',
  infer: ({ join }, [x]) => {
    if (!x!.varies) mistake(`lanes.${join.name}: the value does not vary.`)
    if (x!.dtype === 'bool' && join === joins.sum)
      mistake('lanes.sum: booleans are counted by lanes.sum(where(x, 1, 0)).')
    return { shape: x!.shape, dtype: x!.dtype, varies: false }
  },
  reverse: (node, [g]) => {
    const slope = g && node.attributes.join.derivative(node.inputs[0]!, node)
    return [slope ? spreadNode(nodeOf(mul(g, slope))) : null]
  },
  forward: (node, [t]) => {
    const slope = t && node.attributes.join.derivative(node.inputs[0]!, node)
    return [slope ? nodeOf(lanes.sum(mul(t, slope) as Example)) : null]
  },
  kernel: () => mistake('lanes: a join is run by its program, tile by tile.'),
  // Blocks of 64 lanes, then the blocks; the number of lanes is known when a program runs.
  rounding: { kind: 'accumulated', chain: () => 1 },
  show: ({ join }) => join.name,
}

export const joinKernel = (node: Node): JoinKernel => {
  if (node.operation === (contractOperation as Operation)) return contractJoin(node as Node<ContractAttributes>)
  const { join } = node.attributes as { readonly join: Join }
  const width = join.identity.length
  const size = sizeOf(node.shape)
  const start = (): Float64Array => Float64Array.from({ length: size * width }, (_, i) => join.identity[i % width]!)
  const tile = new Float64Array(width)
  return {
    start,
    absorb: (state, [x], n) => {
      for (let e = 0; e < size; e++) {
        tile.set(join.identity)
        join.absorb(tile, 0, x!, e * n, (e + 1) * n)
        join.join(state, e * width, tile, 0)
      }
    },
    finish: (state, out) => {
      for (let e = 0; e < size; e++) {
        const value = join.finish(state, e * width)
        out[e] = node.dtype === 'int' ? value | 0 : value
      }
    },
    magnitudes: (state, sizes, out) => {
      for (let e = 0; e < size; e++) out[e] = join.magnitude(state, sizes, e * width)
    },
  }
}

/** A contraction over the lanes as a join: each tile's product is added to the running one. */
const contractJoin = (node: Node<ContractAttributes>): JoinKernel => {
  const kernel = contractOperation.kernel(node)
  const size = sizeOf(node.shape)
  const tile = new Float64Array(size)
  return {
    start: () => new Float64Array(size),
    absorb: (state, inputs, n) => {
      kernel([tile], inputs, n, { offset: 0 })
      for (let i = 0; i < size; i++) state[i]! += tile[i]!
    },
    finish: (state, out) => out.set(state),
    magnitudes: (_, sizes, out) => out.set(sizes),
  }
}

/** Whether a node brings varying values down to a uniform one. A loop is none: its uniform results are the same for every example. */
export const isJoin = (node: Node): boolean =>
  node.operation === (joinOperation as Operation) ||
  (node.operation === (contractOperation as Operation) && !node.varies && node.inputs.some((x) => x.varies))

// ---- what depends on the lane or the number of lanes

const laneValue = (name: string, varies: boolean, value: Kernel): Operation<null> => ({
  name,
  infer: () => ({ shape: [], dtype: varies ? 'int' : 'float', varies }),
  reverse: () => [],
  forward: () => [null],
  kernel: () => value,
})

export const indexOperation = laneValue('lanes.index', true, ([out], _, n, { offset }) => {
  for (let l = 0; l < n; l++) out![l] = offset + l
})
/** The number of examples of the run; its program writes it, since a uniform kernel sees one lane. */
export const countOperation = laneValue('lanes.count', false, () =>
  mistake('lanes.count: is bound when a program runs.'),
)

const count = (): Tensor => make(countOperation, null, [])

export const spreadOperation: Operation<null> = {
  name: 'lanes.spread',
  infer: (_, [x]) => ({ shape: x!.shape, dtype: x!.dtype, varies: true }),
  reverse: (_, [g]) => [g ?? null],
  forward: (_, [t]) => [t ? spreadNode(t) : null],
  kernel: ({ shape }) => {
    const size = sizeOf(shape)
    return ([out], [x], n) => {
      for (let e = 0; e < size; e++) for (let l = 0; l < n; l++) out![e * n + l] = x![e]!
    }
  },
}
const spreadNode = (x: Node): Node => (x.varies ? x : make(spreadOperation, null, [x]))

const joined = (join: Join, x: Node): Node => make(joinOperation, { join }, [x])

/** The sum over examples of a cotangent, in the shape of what it belongs to. */
export const sumOverLanes = (g: Node): Node =>
  g.varies ? joined(joins.sum, g) : nodeOf(mul(g, g.dtype === 'int' ? cast(count(), 'int') : count()))

/** A join of a varying value; what it gives for one value that all examples share. */
const joining =
  (join: Join, shared: (x: Tensor) => Tensor, type?: DType) =>
  (x: Example): Tensor => {
    const given = nodeOf(type ? cast(x, type) : x)
    return given.varies ? joined(join, given) : shared(given)
  }

/** Where examples meet. Nothing else lets one example see another. Of a uniform value: what n equal examples would give. */
export const lanes = {
  /** Sum over the examples, element by element; of a uniform value, the value times their number. @throws for booleans */
  sum: (x: Example): Tensor => sumOverLanes(nodeOf(x)),
  /** Mean over the examples, element by element. */
  mean: joining(joins.mean, (x) => x, 'float'),
  /** Mean squared deviation (divided by the number of examples). */
  variance: joining(joins.variance, (x) => mul(x, 0), 'float'),
  /** Smallest of the examples, element by element. */
  min: joining(joins.min, (x) => x),
  /** Largest of the examples, element by element. */
  max: joining(joins.max, (x) => x),
  /** log Σ eˣ over the examples, without overflow. */
  logSumExp: joining(joins.logSumExp, (x) => add(x, log(count())), 'float'),
  /** Whether it holds (or is not 0) for some example. */
  any: joining(joins.any, (x) => x, 'bool'),
  /** How many examples the run has, `[]`, a float. */
  count,
  /** Global number of the example, `[]`, an integer: a call split over runs sees the same numbers. */
  index: (): Example => make(indexOperation, null, []),
  /** A uniform value as a varying one, for per-example parameter gradients. */
  spread: (x: Tensor): Example => spreadNode(nodeOf(x)),
} as const

/** A cotangent in the shape and axes of what it belongs to. */
export const cotangentFor = (x: Node, g: Node): Node => {
  const shaped = sumTo(g, x.shape)
  return x.varies || !shaped.varies ? shaped : sumOverLanes(shaped)
}
