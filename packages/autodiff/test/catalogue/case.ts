import * as fc from 'fast-check'
import type { DType, Example, HostArray } from '../../src/index.ts'
import { at, type Plain, sizeOf, tabulate } from '../plain.ts'

/** One operation of the public surface, on arguments of many shapes, with its meaning in plain arithmetic. */
export interface Case {
  readonly name: string
  readonly instance: fc.Arbitrary<Instance>
}

export interface Instance {
  readonly inputs: Readonly<Record<string, Argument>>
  readonly graph: (x: Tensors) => Example | readonly Example[]
  readonly meaning: Meaning
  /** What the meaning's own arithmetic may be off by in float64, relative to 1 or the value. */
  readonly slack?: number
  /** For a counter-example: what was drawn besides shapes. */
  readonly note?: string
}
export type Tensors = Readonly<Record<string, Example>>
export type Plains = Readonly<Record<string, Plain>>

/** Of each example alone; or, where examples meet, of all of them. */
export type Meaning =
  | { readonly each: (x: Plains, lane: Lane) => Plain | readonly Plain[] }
  | { readonly all: (xs: readonly Plains[]) => Plain | readonly Plain[] }
export interface Lane {
  readonly index: number
  readonly count: number
}

export interface Argument {
  readonly shape: readonly number[]
  readonly varies: boolean
  readonly values: Values
}
/** Where values come from. `grid` values are multiples of it, so that equal ones occur; `sorted` ones increase along the last axis. */
export interface Values {
  readonly dtype: DType
  readonly low: number
  readonly high: number
  readonly grid?: number
  readonly sorted?: boolean
}
export const between = (low: number, high: number): Values => ({ dtype: 'float', low, high })
export const whole = (low: number, high: number): Values => ({ dtype: 'int', low, high, grid: 1 })
export const INTEGERS = whole(-(2 ** 31), 2 ** 31 - 1)
export const TRUTH: Values = { dtype: 'bool', low: 0, high: 1, grid: 1 }

export const list = <T>(x: T | readonly T[]): readonly T[] => (Array.isArray(x) ? x : [x as T])

// ---- arbitraries of shapes

/** Lengths of axes: short, often 1, seldom 0. */
export const length = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 3, arbitrary: fc.constant(1) },
)
export const lengthOrNone = fc.oneof({ weight: 12, arbitrary: length }, { weight: 1, arbitrary: fc.constant(0) })
export const shape = (minLength = 0, maxLength = 3): fc.Arbitrary<readonly number[]> =>
  fc.array(lengthOrNone, { minLength, maxLength })
export const fullShape = (minLength = 0, maxLength = 3): fc.Arbitrary<readonly number[]> =>
  fc.array(length, { minLength, maxLength })

/** Shapes that broadcast together: leading axes left out, others of length 1. */
export const broadcasting = (count: number): fc.Arbitrary<readonly (readonly number[])[]> =>
  shape().chain((full) =>
    fc.tuple(
      ...Array.from({ length: count }, () =>
        fc
          .tuple(fc.nat(full.length), fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }))
          .map(([dropped, ones]) => full.map((n, i) => (ones[i] ? 1 : n)).slice(dropped)),
      ),
    ),
  )

/** A shape and one of its axes, counted from the front or the back. */
export const shapeAndAxis = (
  shapes: fc.Arbitrary<readonly number[]>,
): fc.Arbitrary<{ readonly shape: readonly number[]; readonly axis: number; readonly given: number }> =>
  shapes.chain((s) =>
    fc
      .tuple(fc.nat(s.length - 1), fc.boolean())
      .map(([axis, back]) => ({ shape: s, axis, given: back ? axis - s.length : axis })),
  )

// ---- data

/** Numbers in [0, 1) from a seed (splitmix32), so that shrinking shapes does not redraw all. */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
}

export interface DrawOptions {
  readonly lanes: number
  readonly seed: number
  /** Ends of ranges, 0 and ±1 among the values: right for values, wrong for differences near a kink. */
  readonly special?: boolean
  readonly single?: boolean
}

export const drawInputs = (
  inputs: Instance['inputs'],
  { lanes, seed, special = true, single = false }: DrawOptions,
): Readonly<Record<string, HostArray>> => {
  const next = numbersFrom(seed)
  const draw = ({ low, high, grid }: Values): number => {
    const specials = [low, high, 0, 1, -1].filter((x) => x >= low && x <= high)
    if (special && next() < 0.1) return specials[Math.floor(next() * specials.length)]!
    if (grid === undefined) return low + (high - low) * next()
    return low + grid * Math.floor(next() * Math.floor((high - low) / grid + 1))
  }
  const arrayOf = ({ shape, varies, values }: Argument): HostArray => {
    const n = varies ? lanes : 1
    const drawn = Float64Array.from({ length: sizeOf(shape) * n }, () => draw(values))
    if (values.sorted) sortLast(drawn, shape.at(-1)!, n)
    const data =
      values.dtype === 'int'
        ? Int32Array.from(drawn)
        : values.dtype === 'bool'
          ? Uint8Array.from(drawn)
          : single
            ? drawn.map(Math.fround)
            : drawn
    return { data, shape, ...(varies && { lanes }) }
  }
  return Object.fromEntries(Object.entries(inputs).map(([name, argument]) => [name, arrayOf(argument)]))
}

const sortLast = (data: Float64Array, length: number, lanes: number): void => {
  for (let row = 0; row < data.length / (length * lanes); row++)
    for (let l = 0; l < lanes; l++) {
      const place = (i: number): number => (row * length + i) * lanes + l
      const sorted = Array.from({ length }, (_, i) => data[place(i)]!).sort((a, b) => a - b)
      sorted.forEach((x, i) => {
        data[place(i)] = x
      })
    }
}

/** One example of some arrays; of a uniform one, its value. */
export const exampleOf = (arrays: Readonly<Record<string, HostArray>>, lane: number): Plains =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape, lanes }]) => [
      name,
      {
        shape,
        data: Array.from({ length: sizeOf(shape) }, (_, e) => data[lanes === undefined ? e : e * lanes + lane]!),
      },
    ]),
  )

/** What the results of an instance should be, `[...shape, lanes]` where they vary. */
export const expectedOf = (
  { meaning }: Instance,
  arrays: Readonly<Record<string, HostArray>>,
  lanes: number,
  varying: readonly boolean[],
  offset = 0,
): readonly Plain[] => {
  const examples = Array.from({ length: lanes }, (_, l) => exampleOf(arrays, l))
  if ('all' in meaning) return list(meaning.all(examples))
  const each = examples.map((x, l) => list(meaning.each(x, { index: offset + l, count: lanes })))
  return varying.map((varies, k) => {
    const first = each[0]![k]!
    if (!varies) return first
    return tabulate([...first.shape, lanes], (...index) => at(each[index.at(-1)!]![k]!, ...index.slice(0, -1)))
  })
}
