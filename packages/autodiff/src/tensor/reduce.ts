import { resolveAxis, sizeOf } from '../shape.ts'
import { stopGradient } from './alias.ts'
import { dropAxes, reduction, resolveAxes, sum } from './broadcast.ts'
import { filled } from './constant.ts'
import { add, div, equal, exp, finite, log, mul, sub, where } from './elementwise.ts'
import { make, type Operation } from './operation.ts'
import { concat, reshape, slice, take } from './shaping.ts'
import { type DType, type Node, nodeOf, type Tensor } from './tensor.ts'

type Reduce = <A extends string = never>(x: Tensor<A>, axis?: number | readonly number[], keep?: boolean) => Tensor<A>

/** The largest or smallest element, the least or greatest number there is where there are none; a tie shares its derivative evenly. */
const extremum = (
  name: string,
  pick: (a: number, b: number) => number,
  none: Readonly<Record<DType, number>>,
): Operation<{ readonly axes: readonly number[] }> => {
  const share = (node: Node): Tensor => {
    const here = where(equal(node.inputs[0]!, node), 1, 0)
    return div(here, sum(here, (node.attributes as { axes: readonly number[] }).axes, true))
  }
  return {
    name,
    infer: ({ axes }, [x]) => ({
      shape: x!.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)),
      dtype: x!.dtype,
      varies: x!.varies,
    }),
    reverse: (node, [g]) => [g ? nodeOf(mul(g, share(node))) : null],
    forward: (node, [t]) => [t ? nodeOf(sum(mul(t, share(node)), node.attributes.axes, true)) : null],
    kernel: ({ attributes: { axes }, inputs: [x], shape, dtype }) => {
      const { base, along } = reduction(x!.shape, shape, axes)
      return ([out], [a], lanes) => {
        const n = x!.varies ? lanes : 1
        for (let o = 0; o < base.length; o++) {
          const target = o * n
          out!.fill(none[dtype], target, target + n)
          for (let r = 0; r < along.length; r++) {
            const source = (base[o]! + along[r]!) * n
            for (let l = 0; l < n; l++) out![target + l] = pick(out![target + l]!, a![source + l]!)
          }
        }
      }
    },
    show: ({ axes }) => axes.join(' '),
  }
}

export const maxOperation = extremum('max', Math.max, { float: -Infinity, int: -(2 ** 31), bool: 0 })
export const minOperation = extremum('min', Math.min, { float: Infinity, int: 2 ** 31 - 1, bool: 1 })

const reducing =
  (operation: Operation<{ readonly axes: readonly number[] }>): Reduce =>
  (x, axis, keep = false) => {
    const axes = resolveAxes(x.shape, axis, operation.name)
    const kept = make(operation, { axes }, [nodeOf(x)])
    return keep ? kept : reshape(kept, dropAxes(x.shape, axes))
  }

export { sum }
/**
 * Largest element over event axes, all of them when none is named; of nothing -Infinity. A tie shares its derivative evenly.
 * @throws when an axis is missing or named twice
 */
export const max: Reduce = reducing(maxOperation)
/**
 * Smallest element over event axes, all of them when none is named; of nothing Infinity. A tie shares its derivative evenly.
 * @throws when an axis is missing or named twice
 */
export const min: Reduce = reducing(minOperation)

/**
 * Mean over event axes, all of them when none is named; NaN of nothing.
 * @throws when an axis is missing or named twice
 */
export const mean: Reduce = (x, axis, keep) =>
  div(sum(x, axis, keep), sizeOf(resolveAxes(x.shape, axis, 'mean').map((i) => x.shape[i]!)))

/**
 * Product over one event axis, by halves: its derivative is right where elements are 0. Of nothing 1.
 * @throws when there is no such axis
 */
export const product = <A extends string = never>(x: Tensor<A>, axis = -1): Tensor<A> => {
  const at = resolveAxis(axis, x.shape, 'product')
  const n = x.shape[at]!
  if (n === 1) return take(x, at, 0)
  if (n === 0) return filled(1, dropAxes(x.shape, [at]), x.dtype)
  const half = n >> 1
  const pairs = mul(slice(x, at, 0, half), slice(x, at, half, 2 * half))
  return product(n % 2 ? concat([pairs, slice(x, at, n - 1)], at) : pairs, at)
}

/**
 * log Σ eˣ over event axes, without overflow; -Infinity of nothing, and of -Infinity alone.
 * @throws when an axis is missing or named twice
 */
export const logSumExp: Reduce = (x, axis, keep = false) => {
  const axes = resolveAxes(x.shape, axis, 'logSumExp')
  const largest = max(x, axes, true)
  // A row whose largest is infinite is not shifted: ∞ - ∞ would be NaN.
  const shift = stopGradient(where(finite(largest), largest, 0))
  const total = sum(exp(sub(x, shift)), axes, true)
  // Of nothing but -∞ the logarithm is taken of 1 and not used, so that its derivative is 0 and not 0 / 0.
  const none = equal(total, 0)
  const kept = add(where(none, -Infinity, log(where(none, 1, total))), shift)
  return keep ? kept : reshape(kept, dropAxes(x.shape, axes))
}

/**
 * eˣ / Σ eˣ along one axis, the last by default, without overflow.
 * @throws when there is no such axis
 */
export const softmax = <A extends string = never>(x: Tensor<A>, axis = -1): Tensor<A> => {
  const e = exp(sub(x, stopGradient(max(x, axis, true))))
  return div(e, sum(e, axis, true))
}
