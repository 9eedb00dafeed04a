import { mistake, showShape } from '../error.ts'
import { resolveAxis, sameShape, sizeOf } from '../shape.ts'
import { constant } from './constant.ts'
import { add, equal, where } from './elementwise.ts'
import { anyVaries, make, type Operation } from './operation.ts'
import { expandDims, transpose } from './shaping.ts'
import { nodeOf, type Tensor } from './tensor.ts'

// Reading by index and adding by index are adjoint to each other. Both work on blocks [outer, n, inner] of the indexed
// axis; an index outside 0 … n-1 is held at the nearest end.

interface Along {
  readonly axis: number
  /** Length of the indexed axis. */
  readonly length: number
}

const held = (i: number, length: number): number => (i < 0 ? 0 : i >= length ? length - 1 : i)

export const takeAlongOperation: Operation<Along> = {
  name: 'takeAlong',
  infer: ({ axis }, inputs) => {
    const [x, indices] = inputs
    if (indices!.dtype !== 'int') mistake(`takeAlong: indices are integers, got ${indices!.dtype}.`)
    if (x!.shape.length !== indices!.shape.length || x!.shape.some((n, i) => i !== axis && n !== indices!.shape[i]))
      mistake(`takeAlong: ${showShape(x!.shape)} and indices ${showShape(indices!.shape)} differ off axis ${axis}.`)
    return { shape: indices!.shape, dtype: x!.dtype, varies: anyVaries(inputs) }
  },
  reverse: ({ attributes, inputs: [, indices] }, [g]) => [
    g ? make(addAlongOperation, attributes, [g, indices!]) : null,
    null,
  ],
  forward: ({ attributes, inputs: [, indices] }, [t]) => [
    t ? make(takeAlongOperation, attributes, [t, indices!]) : null,
  ],
  kernel: ({ attributes: { axis, length }, inputs: [x, indices], shape, varies }) => {
    const outer = sizeOf(shape.slice(0, axis))
    const picked = shape[axis]!
    const inner = sizeOf(shape.slice(axis + 1))
    return ([out], [a, at], lanes) => {
      const n = varies ? lanes : 1
      const [na, sa] = x!.varies ? [n, 1] : [1, 0]
      const [ni, si] = indices!.varies ? [n, 1] : [1, 0]
      let e = 0
      for (let o = 0; o < outer; o++)
        for (let p = 0; p < picked; p++)
          for (let i = 0; i < inner; i++, e++)
            for (let l = 0; l < n; l++) {
              const index = held(at![e * ni + l * si]!, length)
              out![e * n + l] = a![((o * length + index) * inner + i) * na + l * sa]!
            }
    }
  },
  show: ({ axis }) => String(axis),
}

export const addAlongOperation: Operation<Along> = {
  name: 'addAlong',
  infer: ({ axis, length }, inputs) => ({
    shape: inputs[0]!.shape.map((n, i) => (i === axis ? length : n)),
    dtype: inputs[0]!.dtype,
    varies: anyVaries(inputs),
  }),
  reverse: ({ attributes, inputs: [, indices] }, [g]) => [
    g ? make(takeAlongOperation, attributes, [g, indices!]) : null,
    null,
  ],
  forward: ({ attributes, inputs: [, indices] }, [t]) => [
    t ? make(addAlongOperation, attributes, [t, indices!]) : null,
  ],
  kernel: ({ attributes: { axis, length }, inputs: [x, indices], shape, varies }) => {
    const outer = sizeOf(shape.slice(0, axis))
    const picked = x!.shape[axis]!
    const inner = sizeOf(shape.slice(axis + 1))
    const size = sizeOf(shape)
    return ([out], [g, at], lanes) => {
      const n = varies ? lanes : 1
      const [ng, sg] = x!.varies ? [n, 1] : [1, 0]
      const [ni, si] = indices!.varies ? [n, 1] : [1, 0]
      out!.fill(0, 0, size * n)
      let e = 0
      for (let o = 0; o < outer; o++)
        for (let p = 0; p < picked; p++)
          for (let i = 0; i < inner; i++, e++)
            for (let l = 0; l < n; l++) {
              const index = held(at![e * ni + l * si]!, length)
              out![((o * length + index) * inner + i) * n + l]! += g![e * ng + l * sg]!
            }
    }
  },
  rounding: { kind: 'accumulated', chain: ({ attributes: { axis }, inputs: [x] }) => x!.shape[axis]! },
  show: ({ axis, length }) => `${axis} of ${length}`,
}

/** Elements picked along one axis, `out[…, i, …] = x[…, indices[…, i, …], …]`: `x` and `indices` agree off that axis. */
export const takeAlong = <A extends string = never, B extends string = never>(
  x: Tensor<A>,
  indices: Tensor<B>,
  axis = -1,
): Tensor<A | B> => {
  const at = resolveAxis(axis, x.shape, 'takeAlong')
  return make(takeAlongOperation, { axis: at, length: x.shape[at]! }, [nodeOf(x), nodeOf(indices)])
}

// ---- whole rows

export const gatherOperation: Operation<{ readonly rows: number }> = {
  name: 'gather',
  infer: (_, inputs) => {
    const [x, indices] = inputs
    if (indices!.dtype !== 'int') mistake(`gather: indices are integers, got ${indices!.dtype}.`)
    return { shape: [...indices!.shape, ...x!.shape.slice(1)], dtype: x!.dtype, varies: anyVaries(inputs) }
  },
  reverse: ({ attributes, inputs: [, indices] }, [g]) => [
    g ? make(scatterOperation, attributes, [g, indices!]) : null,
    null,
  ],
  forward: ({ attributes, inputs: [, indices] }, [t]) => [t ? make(gatherOperation, attributes, [t, indices!]) : null],
  kernel: ({ attributes: { rows }, inputs: [x, indices], varies }) => {
    const count = sizeOf(indices!.shape)
    const width = sizeOf(x!.shape.slice(1))
    return ([out], [a, at], lanes) => {
      const n = varies ? lanes : 1
      const [na, sa] = x!.varies ? [n, 1] : [1, 0]
      const [ni, si] = indices!.varies ? [n, 1] : [1, 0]
      for (let r = 0; r < count; r++)
        for (let w = 0; w < width; w++)
          for (let l = 0; l < n; l++)
            out![(r * width + w) * n + l] = a![(held(at![r * ni + l * si]!, rows) * width + w) * na + l * sa]!
    }
  },
}

export const scatterOperation: Operation<{ readonly rows: number }> = {
  name: 'scatterAdd',
  infer: ({ rows }, inputs) => {
    const [updates, indices] = inputs
    if (indices!.dtype !== 'int') mistake(`scatterAdd: indices are integers, got ${indices!.dtype}.`)
    if (!sameShape(updates!.shape.slice(0, indices!.shape.length), indices!.shape))
      mistake(
        `scatterAdd: updates ${showShape(updates!.shape)} need one row for each of the indices ${showShape(indices!.shape)}.`,
      )
    return {
      shape: [rows, ...updates!.shape.slice(indices!.shape.length)],
      dtype: updates!.dtype,
      varies: anyVaries(inputs),
    }
  },
  reverse: ({ attributes, inputs: [, indices] }, [g]) => [
    g ? make(gatherOperation, attributes, [g, indices!]) : null,
    null,
  ],
  forward: ({ attributes, inputs: [, indices] }, [t]) => [t ? make(scatterOperation, attributes, [t, indices!]) : null],
  kernel: ({ attributes: { rows }, inputs: [updates, indices], shape, varies }) => {
    const count = sizeOf(indices!.shape)
    const width = sizeOf(shape.slice(1))
    return ([out], [g, at], lanes) => {
      const n = varies ? lanes : 1
      const [ng, sg] = updates!.varies ? [n, 1] : [1, 0]
      const [ni, si] = indices!.varies ? [n, 1] : [1, 0]
      out!.fill(0, 0, rows * width * n)
      for (let r = 0; r < count; r++)
        for (let w = 0; w < width; w++)
          for (let l = 0; l < n; l++)
            out![(held(at![r * ni + l * si]!, rows) * width + w) * n + l]! += g![(r * width + w) * ng + l * sg]!
    }
  },
  rounding: { kind: 'accumulated', chain: ({ inputs: [, indices] }) => sizeOf(indices!.shape) },
  show: ({ rows }) => `${rows} rows`,
}

/** Rows of `x` by index along one axis: `out[i…] = x[indices[i…]]` for axis 0. */
export const gather = <A extends string = never, B extends string = never>(
  x: Tensor<A>,
  indices: Tensor<B>,
  axis = 0,
): Tensor<A | B> => {
  const at = resolveAxis(axis, x.shape, 'gather')
  const front = transpose(
    x,
    [at, ...x.shape.keys()].filter((a, i) => i === 0 || a !== at),
  )
  const picked = make(gatherOperation, { rows: x.shape[at]! }, [nodeOf(front), nodeOf(indices)])
  const k = indices.shape.length
  // The axes of the indices stand where the axis was.
  const order = [...range(k, k + at), ...range(0, k), ...range(k + at, picked.shape.length)]
  return transpose(picked, order)
}
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)

/** `base` with `updates` added to the rows that `indices` name; a row named twice gets both. */
export const scatterAdd = <A extends string = never, B extends string = never, C extends string = never>(
  base: Tensor<A>,
  indices: Tensor<B>,
  updates: Tensor<C>,
): Tensor<A | B | C> => {
  const added = make(scatterOperation, { rows: base.shape[0]! }, [nodeOf(updates), nodeOf(indices)])
  if (!sameShape(added.shape, base.shape))
    mistake(`scatterAdd: rows of updates ${showShape(updates.shape)} are not like those of ${showShape(base.shape)}.`)
  return add(base, added)
}

/** 1 at the index, 0 elsewhere, along a new last axis. */
export const oneHot = <A extends string = never>(indices: Tensor<A>, count: number): Tensor<A> =>
  where(
    equal(
      expandDims(indices, -1),
      constant(
        Float64Array.from({ length: count }, (_, i) => i),
        [count],
        'int',
      ),
    ),
    1,
    0,
  )

// ---- order

export const searchOperation: Operation<null> = {
  name: 'searchSorted',
  infer: (_, inputs) => {
    const [sorted, x] = inputs
    const lead = sorted!.shape.slice(0, -1)
    if (lead.length !== x!.shape.length || lead.some((n, i) => n !== x!.shape[i]))
      mistake(
        `searchSorted: sorted ${showShape(sorted!.shape)} needs one value for each row, got ${showShape(x!.shape)}.`,
      )
    return { shape: x!.shape, dtype: 'int', varies: anyVaries(inputs) }
  },
  reverse: () => [null, null],
  forward: () => [null],
  kernel: ({ inputs: [sorted, x], shape, varies }) => {
    const size = sizeOf(shape)
    const length = sorted!.shape.at(-1)!
    return ([out], [a, at], lanes) => {
      const n = varies ? lanes : 1
      const [na, sa] = sorted!.varies ? [n, 1] : [1, 0]
      const [nx, sx] = x!.varies ? [n, 1] : [1, 0]
      for (let e = 0; e < size; e++)
        for (let l = 0; l < n; l++) {
          const value = at![e * nx + l * sx]!
          let count = 0
          while (count < length && a![(e * length + count) * na + l * sa]! <= value) count++
          out![e * n + l] = count
        }
    }
  },
}

/** How many of the increasing numbers `sorted[…, :]` are at most `x[…]`: 0 below the first, their count from the last on. */
export const searchSorted = <A extends string = never, B extends string = never>(
  sorted: Tensor<A>,
  x: Tensor<B>,
): Tensor<A | B> => make(searchOperation, null, [nodeOf(sorted), nodeOf(x)])

export interface CumulativeAttributes {
  readonly axis: number
  readonly reverse: boolean
}
export const cumulativeOperation: Operation<CumulativeAttributes> = {
  name: 'cumulativeSum',
  infer: (_, [x]) => ({ shape: x!.shape, dtype: x!.dtype, varies: x!.varies }),
  reverse: ({ attributes: { axis, reverse } }, [g]) => [
    g ? make(cumulativeOperation, { axis, reverse: !reverse }, [g]) : null,
  ],
  forward: ({ attributes }, [t]) => [t ? make(cumulativeOperation, attributes, [t]) : null],
  kernel: ({ attributes: { axis, reverse }, inputs: [x], shape, dtype }) => {
    const outer = sizeOf(shape.slice(0, axis))
    const length = shape[axis]!
    const inner = sizeOf(shape.slice(axis + 1))
    return ([out], [a], lanes) => {
      const n = inner * (x!.varies ? lanes : 1)
      for (let o = 0; o < outer; o++)
        for (let k = 0; k < length; k++) {
          const at = (o * length + (reverse ? length - 1 - k : k)) * n
          const before = reverse ? at + n : at - n
          for (let i = 0; i < n; i++) out![at + i] = k === 0 ? a![at + i]! : out![before + i]! + a![at + i]!
          if (dtype === 'int') for (let i = 0; i < n; i++) out![at + i] = out![at + i]! | 0
        }
    }
  },
  rounding: { kind: 'accumulated', chain: ({ attributes: { axis }, shape }) => shape[axis]! },
  show: ({ axis, reverse }) => `${axis}${reverse ? ' reversed' : ''}`,
}

/** Running sums along an axis, from its start or (`reverse`) from its end, the element itself included. */
export const cumulativeSum = <A extends string = never>(
  x: Tensor<A>,
  axis = -1,
  options: { readonly reverse?: boolean } = {},
): Tensor<A> =>
  make(cumulativeOperation, { axis: resolveAxis(axis, x.shape, 'cumulativeSum'), reverse: options.reverse ?? false }, [
    nodeOf(x),
  ])
