import { mistake, showShape } from '../error.ts'
import { offsetsOf, resolveAxis, type Shape, sameShape, sizeOf, stridesOf } from '../shape.ts'
import { zeros } from './constant.ts'
import { anyVaries, type Kernel, make, type Operation } from './operation.ts'
import { type Node, nodeOf, type Tensor } from './tensor.ts'

/** Copies rows of lanes: element e of the result is element `from[e]` of the input, or `fill` where that is -1. */
const copyKernel =
  (from: Int32Array, varies: boolean, fill = 0): Kernel =>
  ([out], [x], lanes) => {
    const n = varies ? lanes : 1
    for (let e = 0; e < from.length; e++) {
      const source = from[e]! * n
      const target = e * n
      if (source < 0) for (let l = 0; l < n; l++) out![target + l] = fill
      else for (let l = 0; l < n; l++) out![target + l] = x![source + l]!
    }
  }

/** An operation on one tensor that is linear and only moves elements: tangents move the same way. */
const moving = <A>(definition: {
  readonly name: string
  shape(attributes: A, from: Shape): Shape
  /** The adjoint: moves a cotangent of the result back. */
  adjoint(attributes: A, cotangent: Node, from: Shape): Node
  kernel(node: Node<A>): Kernel
  show(attributes: A): string
}): Operation<A> => {
  const operation: Operation<A> = {
    name: definition.name,
    infer: (attributes, [x]) => ({ shape: definition.shape(attributes, x!.shape), dtype: x!.dtype, varies: x!.varies }),
    reverse: ({ attributes, inputs }, [g]) => [g ? definition.adjoint(attributes, g, inputs[0]!.shape) : null],
    forward: ({ attributes }, [t]) => [t ? make(operation, attributes, [t]) : null],
    kernel: definition.kernel,
    show: definition.show,
  }
  return operation
}

export const reshapeOperation: Operation<{ readonly to: Shape }> = moving<{ readonly to: Shape }>({
  name: 'reshape',
  shape: ({ to }, from) =>
    sizeOf(to) === sizeOf(from)
      ? to
      : mistake(`reshape: ${showShape(from)} has ${sizeOf(from)} elements, ${showShape(to)} has ${sizeOf(to)}.`),
  adjoint: (_, g, from) => nodeOf(reshape(g, from)),
  kernel:
    ({ inputs: [x], shape }) =>
    ([out], [a], lanes) => {
      const n = sizeOf(shape) * (x!.varies ? lanes : 1)
      for (let i = 0; i < n; i++) out![i] = a![i]!
    },
  show: ({ to }) => showShape(to),
})

/**
 * The same elements in row-major order under another shape; one length may be -1, which is worked out.
 * @throws when the numbers of elements differ
 */
export const reshape = <A extends string = never>(x: Tensor<A>, shape: Shape): Tensor<A> => {
  const known = shape.filter((n) => n !== -1)
  const rest = sizeOf(known) === 0 ? 0 : sizeOf(x.shape) / sizeOf(known)
  if (known.length < shape.length - 1 || (known.length < shape.length && !Number.isInteger(rest)))
    mistake(`reshape: ${showShape(x.shape)} does not fill ${showShape(shape)}.`)
  const to = shape.map((n) => (n === -1 ? rest : n))
  return sameShape(to, x.shape) ? x : make(reshapeOperation, { to }, [nodeOf(x)])
}

/** Every axis of length 1 at `axis` put in: `[3]` at -1 becomes `[3, 1]`. */
export const expandDims = <A extends string = never>(x: Tensor<A>, axis: number): Tensor<A> => {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])
}

export const transposeOperation: Operation<{ readonly order: readonly number[] }> = moving<{
  readonly order: readonly number[]
}>({
  name: 'transpose',
  shape: ({ order }, from) =>
    order.length === from.length && new Set(order).size === order.length && order.every((axis) => axis in from)
      ? order.map((axis) => from[axis]!)
      : mistake(`transpose: [${order.join(', ')}] is not an order of the axes of ${showShape(from)}.`),
  adjoint: ({ order }, g) =>
    nodeOf(
      transpose(
        g,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ),
  kernel: ({ attributes: { order }, inputs: [x], shape }) => {
    const strides = stridesOf(x!.shape)
    return copyKernel(
      offsetsOf(
        shape,
        order.map((axis) => strides[axis]!),
      ),
      x!.varies,
    )
  },
  show: ({ order }) => order.join(' '),
})

/**
 * Axes in another order, `order[k]` being where axis k of the result comes from; all reversed when none is given.
 * @throws when `order` does not name every axis once
 */
export const transpose = <A extends string = never>(
  x: Tensor<A>,
  order: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i),
): Tensor<A> =>
  order.every((axis, i) => axis === i) && order.length === x.shape.length
    ? x
    : make(transposeOperation, { order }, [nodeOf(x)])

export interface SliceAttributes {
  readonly start: readonly number[]
  readonly stop: readonly number[]
  readonly step: readonly number[]
}
export const sliceOperation: Operation<SliceAttributes> = moving<SliceAttributes>({
  name: 'slice',
  shape: ({ start, stop, step }, from) =>
    from.map((length, axis) => {
      const [a, b, s] = [start[axis]!, stop[axis]!, step[axis]!]
      if (![a, b, s].every(Number.isInteger) || !(a >= 0 && a <= b && b <= length && s >= 1))
        mistake(`slice: ${a}:${b}:${s} leaves axis ${axis} of ${showShape(from)}.`)
      return Math.ceil((b - a) / s)
    }),
  adjoint: ({ start, step }, g, from) => {
    const reached = g.shape.map((n, axis) => start[axis]! + (n === 0 ? 0 : (n - 1) * step[axis]! + 1))
    return make(
      padOperation,
      { low: start, high: from.map((n, axis) => n - reached[axis]!), gap: step.map((s) => s - 1), value: 0 },
      [g],
    )
  },
  kernel: ({ attributes: { start, step }, inputs: [x], shape }) => {
    const strides = stridesOf(x!.shape)
    const origin = start.reduce((sum, at, axis) => sum + at * strides[axis]!, 0)
    return copyKernel(
      offsetsOf(
        shape,
        strides.map((s, axis) => s * step[axis]!),
      ).map((o) => o + origin),
      x!.varies,
    )
  },
  show: ({ start, stop, step }) =>
    start.map((a, i) => `${a}:${stop[i]}${step[i] === 1 ? '' : `:${step[i]}`}`).join(' '),
})

/**
 * Elements `start` to `stop` (not included) of one axis; both count from the back when negative. With
 * `step` 2 every other one, and so on.
 * @throws when they leave the axis
 */
export const slice = <A extends string = never>(
  x: Tensor<A>,
  axis: number,
  start: number,
  stop?: number,
  step = 1,
): Tensor<A> => {
  const at = resolveAxis(axis, x.shape, 'slice')
  const length = x.shape[at]!
  const fromEnd = (i: number): number => (i < 0 ? i + length : i)
  const [from, to] = [fromEnd(start), stop === undefined ? length : fromEnd(stop)]
  if (from === 0 && to === length && step === 1) return x
  const along = <T>(value: T, other: (n: number) => T): readonly T[] =>
    x.shape.map((n, i) => (i === at ? value : other(n)))
  return make(sliceOperation, { start: along(from, () => 0), stop: along(to, (n) => n), step: along(step, () => 1) }, [
    nodeOf(x),
  ])
}

/**
 * The slice at one index of an axis, without that axis; a negative index counts from the back.
 * @throws when it leaves the axis
 */
export const take = <A extends string = never>(x: Tensor<A>, axis: number, index: number): Tensor<A> => {
  const at = resolveAxis(axis, x.shape, 'take')
  const i = index < 0 ? index + x.shape[at]! : index
  return reshape(
    slice(x, at, i, i + 1),
    x.shape.filter((_, k) => k !== at),
  )
}

export interface PadAttributes {
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Elements put between neighbours, what undoes a slice with a step. */
  readonly gap: readonly number[]
  readonly value: number
}
export const padOperation: Operation<PadAttributes> = {
  ...moving<PadAttributes>({
    name: 'pad',
    shape: ({ low, high, gap }, from) =>
      from.map((n, axis) => low[axis]! + n + Math.max(0, n - 1) * gap[axis]! + high[axis]!),
    adjoint: ({ low, gap }, g, from) =>
      make(
        sliceOperation,
        {
          start: low,
          stop: from.map((n, axis) => low[axis]! + (n === 0 ? 0 : (n - 1) * (gap[axis]! + 1) + 1)),
          step: gap.map((n) => n + 1),
        },
        [g],
      ),
    kernel: ({ attributes: { low, gap, value }, inputs: [x], shape }) => {
      const strides = stridesOf(shape)
      const origin = low.reduce((sum, n, axis) => sum + n * strides[axis]!, 0)
      const into = offsetsOf(
        x!.shape,
        strides.map((s, axis) => s * (gap[axis]! + 1)),
      )
      const from = new Int32Array(sizeOf(shape)).fill(-1)
      for (let e = 0; e < into.length; e++) from[into[e]! + origin] = e
      return copyKernel(from, x!.varies, value)
    },
    show: ({ low, high, gap, value }) => `${low.map((n, i) => `${n}+${gap[i]}+${high[i]}`).join(' ')} with ${value}`,
  }),
  // Not the same operation on the tangent: what is put in does not move.
  forward: ({ attributes }, [t]) => [t ? make(padOperation, { ...attributes, value: 0 }, [t]) : null],
}

/**
 * `low` and `high` elements of `value` before and after an axis.
 * @throws when either is negative or no whole number
 */
export const pad = <A extends string = never>(
  x: Tensor<A>,
  axis: number,
  low: number,
  high: number,
  value = 0,
): Tensor<A> => {
  const at = resolveAxis(axis, x.shape, 'pad')
  if (![low, high].every((n) => Number.isInteger(n) && n >= 0))
    mistake(
      `pad: puts in a whole number of elements, got ${low} before and ${high} after. To leave some out, use slice.`,
    )
  const along = (n: number): readonly number[] => x.shape.map((_, i) => (i === at ? n : 0))
  return low === 0 && high === 0
    ? x
    : make(padOperation, { low: along(low), high: along(high), gap: along(0), value }, [nodeOf(x)])
}

export const flipOperation: Operation<{ readonly axis: number }> = moving<{ readonly axis: number }>({
  name: 'flip',
  shape: (_, from) => from,
  adjoint: ({ axis }, g) => nodeOf(flip(g, axis)),
  kernel: ({ attributes: { axis }, inputs: [x], shape }) => {
    const strides = stridesOf(shape)
    const last = (shape[axis]! - 1) * strides[axis]!
    return copyKernel(
      offsetsOf(
        shape,
        strides.map((s, i) => (i === axis ? -s : s)),
      ).map((o) => o + last),
      x!.varies,
    )
  },
  show: ({ axis }) => String(axis),
})

/**
 * One axis in reverse order.
 * @throws when there is no such axis
 */
export const flip = <A extends string = never>(x: Tensor<A>, axis: number): Tensor<A> =>
  make(flipOperation, { axis: resolveAxis(axis, x.shape, 'flip') }, [nodeOf(x)])

export const concatOperation: Operation<{ readonly axis: number }> = {
  name: 'concat',
  infer: ({ axis }, inputs) => {
    const [first] = inputs
    for (const x of inputs)
      if (
        x.dtype !== first!.dtype ||
        x.shape.length !== first!.shape.length ||
        x.shape.some((n, i) => i !== axis && n !== first!.shape[i])
      )
        mistake(
          `concat: ${first!.dtype} ${showShape(first!.shape)} and ${x.dtype} ${showShape(x.shape)} differ off axis ${axis}.`,
        )
    return {
      shape: first!.shape.map((n, i) => (i === axis ? inputs.reduce((sum, x) => sum + x.shape[axis]!, 0) : n)),
      dtype: first!.dtype,
      varies: anyVaries(inputs),
    }
  },
  reverse: ({ attributes: { axis }, inputs }, [g], wanted) => {
    let at = 0
    return inputs.map((x, i) => {
      const start = at
      at += x.shape[axis]!
      return g && wanted[i] ? nodeOf(slice(g, axis, start, at)) : null
    })
  },
  forward: ({ attributes, inputs }, tangents) => [
    tangents.some((t) => t)
      ? make(
          concatOperation,
          attributes,
          tangents.map((t, i) => t ?? zerosLike(inputs[i]!)),
        )
      : null,
  ],
  kernel: ({ attributes: { axis }, inputs, shape, varies }) => {
    const outer = sizeOf(shape.slice(0, axis))
    const chunk = inputs.map((x) => sizeOf(x.shape.slice(axis)))
    const row = chunk.reduce((a, b) => a + b, 0)
    return ([out], xs, lanes) => {
      const n = varies ? lanes : 1
      let start = 0
      for (let i = 0; i < inputs.length; i++) {
        const x = xs[i]!
        const step = inputs[i]!.varies ? 1 : 0
        const stride = step ? n : 1
        for (let o = 0; o < outer; o++)
          for (let e = 0; e < chunk[i]!; e++) {
            const target = (o * row + start + e) * n
            const source = (o * chunk[i]! + e) * stride
            for (let l = 0; l < n; l++) out![target + l] = x[source + l * step]!
          }
        start += chunk[i]!
      }
    }
  },
  show: ({ axis }) => String(axis),
}

/**
 * Tensors one after another along an axis that they already have.
 * @throws when there are none, or they differ off that axis or in element type
 */
export const concat = <A extends string = never>(xs: readonly Tensor<A>[], axis = 0): Tensor<A> => {
  if (xs.length === 0) mistake('concat: needs at least one tensor.')
  const at = resolveAxis(axis, xs[0]!.shape, 'concat')
  const filled = xs.filter((x) => x.shape[at] !== 0)
  return filled.length === 1
    ? filled[0]!
    : make(concatOperation, { axis: at }, (filled.length ? filled : xs.slice(0, 1)).map(nodeOf))
}

/**
 * Tensors of one shape side by side along a new axis.
 * @throws when there are none, or they differ in shape or element type
 */
export const stack = <A extends string = never>(xs: readonly Tensor<A>[], axis = 0): Tensor<A> =>
  concat(
    xs.map((x) => expandDims(x, axis)),
    axis,
  )

/** A zero tangent of a node, uniform: zero is the same for every example. */
const zerosLike = (x: Node): Node => nodeOf(zeros(x.shape))
