import { mistake } from '../error.ts'
import { placeholder } from './constant.ts'
import { where } from './elementwise.ts'
import { makeLoop } from './loop.ts'
import { type AxesOf, type Node, nodeOf, type Tensor } from './tensor.ts'
import { leavesLike, leavesOf, type Tensors, withLeaves } from './tensorTree.ts'

const placeholderLike = ({ shape, dtype, varies }: Node): Node => placeholder({ shape, dtype, varies })
const indexPlaceholder = (): Node => placeholder({ shape: [], dtype: 'int', varies: false })
const sliceLike = (xs: Node): Node =>
  xs.shape.length === 0
    ? mistake('map, scan: a scalar has no axis to run over.')
    : placeholder({ shape: xs.shape.slice(1), dtype: xs.dtype, varies: xs.varies })

/**
 * `f` on each slice of the leading event axis, results stacked. The lanes stay in the body's vectors, so nothing in it
 * needs a batching rule. What does not depend on the slice or the index is computed once, before the loop.
 * @example
 * map(iota(3), (i) => mul(i, i)) // [0, 1, 4]
 */
export const map = <A extends string = never, B extends string = never>(
  xs: Tensor<A>,
  f: (x: Tensor<A>, i: Tensor) => Tensor<B>,
): Tensor<A | B> => {
  const index = indexPlaceholder()
  const x = sliceLike(nodeOf(xs))
  const y = nodeOf(f(x, index))
  return makeLoop(xs.shape[0]!, false, [], [nodeOf(xs)], {
    index,
    carries: [],
    slices: [x],
    nextCarries: [],
    outputs: [y],
    stop: null,
  }).outputs[0]!
}

/**
 * Slices of the leading axis in order, with a carry: `f(carry, x)` gives the next carry and an output, which are stacked
 * along a new leading axis.
 * @throws when `xs` is a scalar, or a carry does not keep its shape and element type
 */
export const scan = <C extends Tensors, A extends string = never, B extends string = never>(
  xs: Tensor<A>,
  carry: C,
  f: (carry: C, x: Tensor<A>) => readonly [C, Tensor<B>],
): readonly [C, Tensor<A | B>] => {
  const start = leavesOf(carry)
  const carries = start.map(placeholderLike)
  const x = sliceLike(nodeOf(xs))
  const [next, y] = f(withLeaves(carry, carries), x)
  const loop = makeLoop(xs.shape[0]!, false, start, [nodeOf(xs)], {
    index: indexPlaceholder(),
    carries,
    slices: [x],
    nextCarries: leavesLike(carry, next, 'scan: the carry and the next one'),
    outputs: [nodeOf(y)],
    stop: null,
  })
  return [withLeaves(carry, loop.carries), loop.outputs[0]!]
}

/**
 * `f` applied `count` times to a tree of tensors; `i` is the number of the round from 0, an integer `[]`. A uniform start
 * of a carry that becomes varying is `lanes.spread(start)`.
 * @throws when a carry does not keep its shape and element type
 */
export const loop = <C>(count: number, carry: C, f: (carry: C, i: Tensor) => NoInfer<C>): C => {
  const start = leavesOf(carry)
  const carries = start.map(placeholderLike)
  const index = indexPlaceholder()
  const nextCarries = leavesLike(carry, f(withLeaves(carry, carries), index), 'loop: the carry and the next one')
  return withLeaves(
    carry,
    makeLoop(count, false, start, [], { index, carries, slices: [], nextCarries, outputs: [], stop: null }).carries,
  )
}

/**
 * `f` applied until `done` holds, per example: a finished example keeps its value. At most `bound` rounds; the second
 * result says whether `done` was met. Values do not depend on which examples run together.
 */
export const until = <C>(
  bound: number,
  carry: C,
  done: (carry: C) => Tensor<AxesOf<C>>,
  f: (carry: C) => NoInfer<C>,
): readonly [C, Tensor<AxesOf<C>>] => {
  const start = leavesOf(carry)
  const carries = start.map(placeholderLike)
  const here = withLeaves(carry, carries)
  const stop = nodeOf(done(here))
  if (stop.dtype !== 'bool' || stop.shape.length > 0) mistake('until: `done` must give one boolean.')
  const nextCarries = leavesLike(carry, f(here), 'until: the carry and the next one').map((next, i) =>
    nodeOf(where(stop, carries[i]!, next)),
  )
  const last = withLeaves(
    carry,
    makeLoop(bound, false, start, [], {
      index: indexPlaceholder(),
      carries,
      slices: [],
      nextCarries,
      outputs: [],
      stop,
    }).carries,
  )
  return [last, done(last)]
}
