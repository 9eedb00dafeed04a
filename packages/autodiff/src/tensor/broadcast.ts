import { mistake, showShape } from '../error.ts'
import {
  broadcastShapes,
  broadcastStrides,
  offsetsOf,
  resolveAxis,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from '../shape.ts'
import { make, type Operation } from './operation.ts'
import { reshape } from './shaping.ts'
import { type Node, nodeOf, type Tensor } from './tensor.ts'

// A broadcast and a sum are adjoint to each other, so they live together.

export const broadcastOperation: Operation<{ readonly to: Shape }> = {
  name: 'broadcastTo',
  infer: ({ to }, [x]) => {
    if (!sameShape(broadcastShapes([x!.shape, to], 'broadcastTo'), to))
      mistake(`broadcastTo: ${showShape(x!.shape)} does not broadcast to ${showShape(to)}.`)
    return { shape: to, dtype: x!.dtype, varies: x!.varies }
  },
  reverse: ({ inputs: [x] }, [g]) => [g ? sumTo(g, x!.shape) : null],
  forward: ({ attributes: { to } }, [t]) => [t ? nodeOf(broadcastTo(t, to)) : null],
  kernel: ({ attributes: { to }, inputs: [x] }) => {
    const from = offsetsOf(to, broadcastStrides(x!.shape, to))
    return ([out], [a], lanes) => {
      const n = x!.varies ? lanes : 1
      for (let e = 0; e < from.length; e++) {
        const source = from[e]! * n
        for (let l = 0; l < n; l++) out![e * n + l] = a![source + l]!
      }
    }
  },
  show: ({ to }) => showShape(to),
}

/**
 * A value repeated along axes that are missing or have length 1.
 * @throws naming both shapes where it does not fit
 */
export const broadcastTo = <A extends string = never>(x: Tensor<A>, shape: Shape): Tensor<A> =>
  sameShape(x.shape, shape) ? x : make(broadcastOperation, { to: shape }, [nodeOf(x)])

/** Terms added one after another before blocks are joined: fixes the rounding of a sum, whatever computes it. */
const BLOCK = 64

export const sumOperation: Operation<{ readonly axes: readonly number[] }> = {
  name: 'sum',
  infer: ({ axes }, [x]) => {
    if (x!.dtype === 'bool') mistake('sum: booleans are counted by sum(where(x, 1, 0)).')
    return { shape: x!.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)), dtype: x!.dtype, varies: x!.varies }
  },
  reverse: ({ inputs: [x] }, [g]) => [g ? nodeOf(broadcastTo(g, x!.shape)) : null],
  forward: ({ attributes }, [t]) => [t ? make(sumOperation, attributes, [t]) : null],
  kernel: ({ attributes: { axes }, inputs: [x], shape, dtype }) => {
    const { base, along } = reduction(x!.shape, shape, axes)
    const terms = along.length
    return ([out], [a], lanes) => {
      const n = x!.varies ? lanes : 1
      const total = out!
      total.fill(0, 0, base.length * n)
      const block = terms > BLOCK ? new Float64Array(n) : null
      for (let o = 0; o < base.length; o++) {
        if (!block) {
          addTerms(total, o * n, a!, base[o]! * n, along, 0, terms, n)
          continue
        }
        for (let r = 0; r < terms; r += BLOCK) {
          block.fill(0)
          addTerms(block, 0, a!, base[o]! * n, along, r, Math.min(terms, r + BLOCK), n)
          for (let l = 0; l < n; l++) total[o * n + l]! += block[l]!
        }
      }
      if (dtype === 'int') for (let i = 0; i < base.length * n; i++) total[i] = total[i]! | 0
    }
  },
  rounding: {
    kind: 'accumulated',
    chain: ({ attributes: { axes }, inputs: [x] }) => {
      const terms = sizeOf(axes.map((axis) => x!.shape[axis]!))
      return Math.min(terms, BLOCK) + Math.ceil(terms / BLOCK)
    },
  },
  show: ({ axes }) => axes.join(' '),
}

const addTerms = (
  out: Float64Array,
  target: number,
  a: Float64Array,
  start: number,
  along: Int32Array,
  from: number,
  to: number,
  lanes: number,
): void => {
  for (let r = from; r < to; r++) {
    const source = start + along[r]! * lanes
    for (let l = 0; l < lanes; l++) out[target + l]! += a[source + l]!
  }
}

/** For a reduction: the offset of each result's first term, and of its terms relative to that, in index order. */
export const reduction = (
  from: Shape,
  to: Shape,
  axes: readonly number[],
): { readonly base: Int32Array; readonly along: Int32Array } => {
  const strides = stridesOf(from)
  return {
    base: offsetsOf(to, strides),
    along: offsetsOf(
      axes.map((axis) => from[axis]!),
      axes.map((axis) => strides[axis]!),
    ),
  }
}

/**
 * Sum over event axes, all of them when none is named; each stays with length 1 where `keep` is set. Negative axes count
 * from the back. Added in index order in blocks of 64, the blocks then joined, whichever axes are summed.
 * @throws when an axis is missing or named twice, or the values are booleans
 */
export const sum = <A extends string = never>(
  x: Tensor<A>,
  axis?: number | readonly number[],
  keep = false,
): Tensor<A> => {
  const axes = resolveAxes(x.shape, axis, 'sum')
  const kept: Tensor<A> = axes.every((i) => x.shape[i] === 1) ? x : make(sumOperation, { axes }, [nodeOf(x)])
  return keep ? kept : reshape(kept, dropAxes(x.shape, axes))
}

export const resolveAxes = (
  shape: Shape,
  axis: number | readonly number[] | undefined,
  operation: string,
): readonly number[] => {
  if (axis === undefined) return shape.map((_, i) => i)
  const axes = [axis].flat().map((i) => resolveAxis(i, shape, operation))
  if (new Set(axes).size < axes.length)
    mistake(`${operation}: axes ${axes.join(' and ')} of ${showShape(shape)} are not all different.`)
  return axes.sort((a, b) => a - b)
}

export const dropAxes = (shape: Shape, axes: readonly number[]): Shape =>
  shape.filter((_, axis) => !axes.includes(axis))

/** The adjoint of broadcasting from `shape`: sums what was repeated. */
export const sumTo = (g: Node, shape: Shape): Node => {
  const lead = g.shape.length - shape.length
  const repeated = g.shape.flatMap((n, axis) => (axis < lead || (shape[axis - lead] === 1 && n !== 1) ? [axis] : []))
  return nodeOf(reshape(repeated.length ? sum(g, repeated, true) : g, shape))
}
