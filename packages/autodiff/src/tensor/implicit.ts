import { broadcastShapes } from '../shape.ts'
import { aliasOperation, stopGradient } from './alias.ts'
import { broadcastTo } from './broadcast.ts'
import { constant, ones, placeholder, zeros } from './constant.ts'
import { until } from './control.ts'
import { abs, add, clamp, div, less, maximum, neg, not, sub, where } from './elementwise.ts'
import { type Derive, make, type Operation } from './operation.ts'
import { max } from './reduce.ts'
import { alike, instantiated, type Residual, residualOf } from './residual.ts'
import { searchRoot } from './rootSearch.ts'
import { type Arg, type Example, type Node, nodeOf, type Tensor } from './tensor.ts'

// A solution found by any means, with the derivative that its equation gives it (the implicit function theorem). Inputs:
// the solution, then what the equation reads from outside. The equation's derivatives are taken at this node itself, so
// derivatives of derivatives are right too.

interface Solution extends Residual {
  /** Rounds that a fixed point may take. */
  readonly bound: number
}

const solved = (name: string, rules: Pick<Operation<Solution>, 'reverse' | 'forward'>): Operation<Solution> => ({
  name,
  infer: (_, [x]) => ({ shape: x!.shape, dtype: x!.dtype, varies: x!.varies }),
  ...rules,
  kernel: (node) => aliasOperation.kernel(node as Node as Node<null>),
})

/** The function of an equation as the search sees it: nothing in it is differentiated. */
const withoutDerivative =
  (residual: Residual) =>
  (x: Example): Example =>
    instantiated(
      [residual.result],
      residual,
      nodeOf(x),
      residual.captured.map((value) => nodeOf(stopGradient(value))),
    )[0]!

const like = ({ shape, varies }: Node): Node => placeholder({ shape, dtype: 'float', varies })
const at = (node: Node<Solution>, graphs: readonly Node[], others?: ReadonlyMap<Node, Node>): readonly Node[] =>
  instantiated(graphs, node.attributes, node, node.inputs.slice(1), others)

/** Cotangents of what the equation reads, from one of its result. */
const passedOn = (
  node: Node<Solution>,
  g: Node,
  wanted: readonly boolean[],
  derive: Derive,
): readonly (Node | null)[] => {
  const { result, captured } = node.attributes
  const asked = captured.flatMap((_, i) => (wanted[i + 1] ? [i] : []))
  const symbol = like(g)
  const found = derive.reverse(
    [result],
    [symbol],
    asked.map((i) => captured[i]!),
  )
  const values = at(
    node,
    found.filter((x) => x !== null),
    new Map([[symbol, g]]),
  )
  let next = 0
  const cotangents = found.map((x) => (x ? values[next++]! : null))
  return [null, ...captured.map((_, i) => (asked.includes(i) ? cotangents[asked.indexOf(i)]! : null))]
}

/** The tangent of the equation's result at a fixed solution; null where nothing that it reads moves. */
const moved = (node: Node<Solution>, tangents: readonly (Node | null)[], derive: Derive): Node | null => {
  const { result, captured } = node.attributes
  const symbols = captured.map((_, i) => {
    const t = tangents[i + 1]
    return t ? like(t) : null
  })
  const found = derive.forward([result], captured, symbols)[0] ?? null
  const values = symbols.flatMap((s, i) => (s ? [[s, tangents[i + 1]!] as const] : []))
  return found ? at(node, [found], new Map(values))[0]! : null
}

// ---- roots

/** r(x, θ) = 0 element by element: dx = -(∂r/∂θ dθ) / (∂r/∂x). */
export const rootOperation: Operation<Solution> = solved('root', {
  reverse: (node, [g], wanted, derive) =>
    g ? passedOn(node, nodeOf(neg(div(g, slopeAt(node, derive)))), wanted, derive) : node.inputs.map(() => null),
  forward: (node, tangents, derive) => {
    const change = moved(node, tangents, derive)
    return [change && nodeOf(neg(div(change, slopeAt(node, derive))))]
  },
})

const slopeAt = (node: Node<Solution>, derive: Derive): Node => {
  const { at: x, result } = node.attributes
  const [slope] = derive.forward([result], [x], [nodeOf(ones(x.shape))])
  return slope ? at(node, [slope])[0]! : nodeOf(zeros(node.shape))
}

/** How long `root` may search. */
export interface RootOptions {
  /** Evaluations of the function at most; 200 by default, where 64 find any root between ends far apart. */
  readonly bound?: number
}

/** Finite, so that every value in between is; below the largest float32. */
const FARTHEST = 2 ** 126

/**
 * Where an increasing function is 0, element by element and example by example; superlinear, and never more than a few
 * bits a round slower than halving. Exact to the last digit or two, as far as the function is.
 *
 * - `f`: element-wise (element i of its value depends on element i of its argument alone) and increasing; it may read
 *   anything from outside. `lower`, `upper`: the bracket; an infinite end stands for 2^126.
 * - Where `f` has one sign in the whole bracket: the end at which it is nearest to 0.
 * - Derivatives by what `f` reads are those of the implicit function, of any order; the bracket has none.
 * @throws when `f` changes the shape, or lets examples meet
 * @see Chandrupatla 1997, A new hybrid quadratic/bisection algorithm, Advances in Engineering Software 28
 * @example
 * root((x) => sub(add(x, tanh(x)), y), -10, 10) // the x with x + tanh x = y
 */
export const root = <A extends string = 'example'>(
  f: (x: Tensor<A>) => Tensor<A>,
  lower: Arg<NoInfer<A>>,
  upper: Arg<NoInfer<A>>,
  options: RootOptions = {},
): Tensor<A> => {
  const ends = [lower, upper].map((x) => nodeOf(typeof x === 'number' ? constant(x) : x))
  const kind = {
    shape: broadcastShapes(
      ends.map((x) => x.shape),
      'root',
    ),
    varies: ends.some((x) => x.varies),
  }
  const residual = residualOf((x) => nodeOf(f(x)), kind, 'root', true)
  const bracket = ends.map((x) =>
    alike(nodeOf(broadcastTo(clamp(stopGradient(x), -FARTHEST, FARTHEST), residual.at.shape)), residual.at.varies),
  )
  const x = searchRoot(withoutDerivative(residual), bracket[0]!, bracket[1]!, options.bound ?? 200)
  return make(rootOperation, { ...residual, bound: 0 }, [nodeOf(x), ...residual.captured])
}

// ---- fixed points

/** x = f(x, θ): dx = ∂f/∂x dx + ∂f/∂θ dθ, itself a fixed point; its transpose for cotangents, w = x̄ + (∂f/∂x)ᵀ w. */
export const fixedPointOperation: Operation<Solution> = solved('fixedPoint', {
  reverse: (node, [g], wanted, derive) => {
    if (!g) return node.inputs.map(() => null)
    const { at: x, result, bound } = node.attributes
    const symbol = like(node)
    const [pulled] = derive.reverse([result], [symbol], [x])
    return passedOn(node, linear(g, pulled, symbol, node, bound), wanted, derive)
  },
  forward: (node, tangents, derive) => {
    const change = moved(node, tangents, derive)
    if (!change) return [null]
    const { at: x, result, bound } = node.attributes
    const symbol = like(node)
    const [pushed] = derive.forward([result], [x], [symbol])
    return [linear(change, pushed, symbol, node, bound)]
  },
})

/** The w with w = g + J w, where `product` is J times `symbol`. */
const linear = (g: Node, product: Node | null | undefined, symbol: Node, node: Node<Solution>, bound: number): Node =>
  product
    ? nodeOf(fixedPoint((w: Example) => add(g, at(node, [product], new Map([[symbol, nodeOf(w)]]))[0]!), g, bound))
    : g

/** The last move, relative to the largest element, that ends the iteration in float64. */
const STILL = 4 * Number.EPSILON

/**
 * The value that a contraction leaves as it is, x = f(x), by iteration from `start`; each example stops when it moves
 * no more than rounding does, or after `bound` rounds.
 *
 * - `f`: keeps shape `[…]`; must contract towards the solution, and so must its derivative there (it does if `f` does).
 *   It may read anything from outside. `start`: any value that the iteration converges from.
 * - Derivatives by what `f` reads are those of the implicit function, of any order, by iterating the (transposed) linear
 *   equation that they solve, again at most `bound` rounds; the start has none.
 * - Where `bound` rounds are not enough the value, and with it the derivative, is as far as they came.
 * @throws when `f` changes the shape, or lets examples meet
 * @see Bai, Kolter & Koltun 2019, Deep equilibrium models, theorem 1
 * @example
 * fixedPoint((x) => mul(0.5, cos(x)), constant(0), 100) // 0.45018361129487355
 */
export const fixedPoint = <A extends string = 'example'>(
  f: (x: Tensor<A>) => Tensor<A>,
  start: Tensor<NoInfer<A>>,
  bound: number,
): Tensor<A> => {
  const residual = residualOf((x) => nodeOf(f(x)), nodeOf(start), 'fixedPoint')
  const first = alike(nodeOf(stopGradient(start)), residual.at.varies)
  const still = withoutDerivative(residual)
  const far = alike(nodeOf(constant(Infinity)), residual.at.varies)
  const [{ x }] = until<{ readonly x: Example; readonly moved: Example }>(
    bound,
    { x: first, moved: far },
    // Written so that NaN ends it.
    ({ moved }) => not(less(STILL, moved)),
    (now) => {
      const next = still(now.x)
      const size = max(abs(next))
      return { x: next, moved: where(less(0, size), div(max(abs(sub(next, now.x))), maximum(size, 2 ** -120)), 0) }
    },
  )
  return make(fixedPointOperation, { ...residual, bound }, [nodeOf(x), ...residual.captured])
}
