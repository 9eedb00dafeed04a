import { mistake, showShape } from '../error.ts'
import { sizeOf } from '../shape.ts'
import { alias } from '../tensor/alias.ts'
import { iota, ones, zeros } from '../tensor/constant.ts'
import { map } from '../tensor/control.ts'
import { equal, where } from '../tensor/elementwise.ts'
import { lanes } from '../tensor/lanes.ts'
import { reshape, transpose } from '../tensor/shaping.ts'
import { type AxesOf, type Node, nodeOf, type Tensor } from '../tensor/tensor.ts'
import { leavesLike, leavesOf, tree, withLeaves } from '../tensor/tensorTree.ts'
import { forward, reverse } from './derive.ts'

/** The same tree under new names: what a derivative is taken with respect to, apart from other uses of its values. */
const renamed = <P>(p: P): P => tree.map(alias, p)
/** A derivative has the axes of what it belongs to, also where it is the same for every example. */
const varyingLike = (x: Node, derivative: Node): Node => (x.varies ? nodeOf(lanes.spread(derivative)) : derivative)
const zeroLike = (x: Node): Node => varyingLike(x, nodeOf(zeros(x.shape)))

/**
 * Value and gradient of a scalar result (`[]`) with respect to a tree of tensors.
 *
 * The result may vary only over axes that the argument varies over: the score d logProb(x)/dx is a gradient, a loss over
 * parameters that was not averaged is not.
 * @throws when the result is no scalar float, or varies over examples while the argument does not
 */
export const valueAndGrad =
  <P>(f: (p: P) => Tensor<AxesOf<P>>) =>
  (p: P): readonly [Tensor<AxesOf<P>>, P] => {
    const at = renamed(p)
    const inputs = leavesOf(at)
    const value = nodeOf(f(at))
    if (value.shape.length > 0 || value.dtype !== 'float')
      mistake(
        `grad: the function gives ${value.dtype} ${showShape(value.shape)}, not one float. For all of them, use vjp or jacobian.`,
      )
    if (value.varies && !inputs.some((x) => x.varies))
      mistake(
        'grad: one result for every example, but the argument is the same for all. Average with lanes.mean, or make the argument varying with lanes.spread.',
      )
    const found = reverse([value], [nodeOf(ones([]))], inputs)
    return [
      value,
      withLeaves(
        p,
        found.map((g, i) => g ?? zeroLike(inputs[i]!)),
      ),
    ]
  }

/** Gradient of a scalar result; see `valueAndGrad`. */
export const grad =
  <P>(f: (p: P) => Tensor<AxesOf<P>>) =>
  (p: P): P =>
    valueAndGrad(f)(p)[1]

/** The value, and the map from a cotangent of it to one of the argument. */
export const vjp = <P, R>(f: (p: P) => R, p: P): readonly [R, (cotangent: R) => P] => {
  const at = renamed(p)
  const inputs = leavesOf(at)
  const value = f(at)
  const results = leavesOf(value)
  return [
    value,
    (cotangent) => {
      const g = leavesLike(value, cotangent, 'vjp: the value and its cotangent')
      g.forEach((x, i) => sameShapes('vjp: the cotangent', x, results[i]!))
      return withLeaves(
        p,
        reverse(results, g, inputs).map((x, i) => x ?? zeroLike(inputs[i]!)),
      )
    },
  ]
}

/** The value and its derivative along a tangent. */
export const jvp = <P, R>(f: (p: P) => R, p: P, tangent: P): readonly [R, R] => {
  const at = renamed(p)
  const inputs = leavesOf(at)
  const moved = leavesLike(p, tangent, 'jvp: the argument and its tangent')
  moved.forEach((t, i) => sameShapes('jvp: the tangent', t, inputs[i]!))
  const value = f(at)
  const results = leavesOf(value)
  return [
    value,
    withLeaves(
      value,
      forward(results, inputs, moved).map((t, i) => varyingLike(results[i]!, t ?? zeroLike(results[i]!))),
    ),
  ]
}

const sameShapes = (what: string, x: Node, like: Node): void => {
  if (showShape(x.shape) !== showShape(like.shape))
    mistake(`${what} has shape ${showShape(x.shape)}, its value ${showShape(like.shape)}.`)
}

/**
 * All partial derivatives of a tensor by a tensor, `[...result, ...argument]`: a loop over basis vectors of a jvp, whose
 * linearisation does not depend on the basis vector and so is computed once.
 */
export const jacobian =
  <A extends string, B extends string>(f: (x: Tensor<A>) => Tensor<B>) =>
  (x: Tensor<A>): Tensor<A | B> => {
    const n = sizeOf(x.shape)
    const at = alias(x)
    const y = f(at)
    const columns = map(iota(n), (i) => {
      const basis = reshape(where(equal(iota(n), i), 1, 0), x.shape)
      return forward([nodeOf(y)], [nodeOf(at)], [nodeOf(basis)])[0] ?? zeroLike(nodeOf(y))
    })
    const rank = y.shape.length
    return reshape(transpose(columns, [...Array.from({ length: rank }, (_, i) => i + 1), 0]), [...y.shape, ...x.shape])
  }

/** The second derivative of a scalar function along a tangent, as a gradient: H·v, without H. */
export const hessianVector =
  <P>(f: (p: P) => Tensor<AxesOf<P>>) =>
  (p: P, tangent: P): P =>
    jvp(grad(f), p, tangent)[1]
