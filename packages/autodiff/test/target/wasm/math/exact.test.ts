import { describe, expect, test } from 'vitest'
import type { Row } from '../../../../src/scalar/expression.ts'
import { primitiveRows } from '../../../../src/scalar/index.ts'
import {
  float32,
  float64,
  floatPrimitives,
  type IntegerPrimitive,
  integerPrimitives,
} from '../../../../src/target/wasm/math/index.ts'
import { type Floating, kernels } from './kernel.ts'
import { EDGES } from './points.ts'

const rows: Readonly<Record<string, Row>> = primitiveRows

test('there is code for every primitive row, and for no other', () => {
  expect(Object.keys(floatPrimitives(float32({ fma: true }))).sort()).toEqual(Object.keys(rows).sort())
})

test('there is integer code for every row that takes integers', () => {
  const taking = Object.values(rows).filter((row) => ['arithmetic', 'predicate', 'select'].includes(row.signature))
  expect(Object.keys(integerPrimitives).sort()).toEqual(taking.map((row) => row.name).sort())
})

const isLess = (x: number, y: number): boolean => x < y

const INTEGERS = [0, 1, -1, 2, -7, 1000, 65535, 2147483647, -2147483648, 0x12345678]

test('integers are what their rows say, wrapping', () => {
  const pairs = INTEGERS.flatMap((a) => INTEGERS.map((b) => [a, b] as const))
  const [a, b] = [0, 1].map((k) => Int32Array.from(pairs, (pair) => pair[k]!))
  const names = (Object.keys(integerPrimitives) as IntegerPrimitive[]).filter((name) => name !== 'where')
  const run = kernels(
    Object.fromEntries(names.map((name) => [name, { arity: rows[name]!.arity, emit: integerPrimitives[name] }])),
    4 * pairs.length,
  )
  for (const name of names) {
    const row = rows[name]!
    const meaning = row.integer ?? row.eval
    const wanted = pairs.map((pair) => meaning(...pair.slice(0, row.arity)))
    const masks = row.signature === 'predicate' ? wanted.map((x) => -x) : wanted
    const got = run[name]!(...[a!, b!].slice(0, row.arity))
    expect([...got], name).toEqual(masks.map((x) => x + 0))
  }
})

describe.each([
  ['32', float32({ fma: true }), Float32Array, Int32Array, 4],
  ['64', float64({ fma: false }), Float64Array, BigInt64Array, 8],
] as const)('floats of %s bits', (_bits, v, array, masks, bytes) => {
  const edges = [...EDGES, NaN]
  const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const))
  const length = 4 * Math.ceil(pairs.length / 4)
  const [a, b] = [0, 1].map((k) => new array(length).map((_, i) => (pairs[i] ?? [0, 0])[k]!)) as [Floating, Floating]
  const primitives = floatPrimitives(v)
  const run = kernels<string>(
    {
      ...Object.fromEntries(
        Object.values(rows)
          .filter((row) => row.signature === 'predicate')
          .map((row) => [row.name, { arity: row.arity, emit: primitives[row.name as 'less'] }]),
      ),
      not: { arity: 2, emit: (x, y) => primitives.not(primitives.less(x!, y!)) },
      and: { arity: 2, emit: (x, y) => primitives.and(primitives.less(x!, y!), primitives.equal(y!, y!)) },
      or: { arity: 2, emit: (x, y) => primitives.or(primitives.less(x!, y!), primitives.equal(x!, y!)) },
      where: { arity: 2, emit: (x, y) => primitives.where(primitives.less(x!, y!), x!, y!) },
      smaller: { arity: 2, emit: (x, y) => primitives.minimum(x!, y!) },
      larger: { arity: 2, emit: (x, y) => primitives.maximum(x!, y!) },
      positive: { arity: 1, emit: (x) => primitives.maximum(x!, v.constant(0)) },
    },
    bytes * length,
  )

  test('comparisons and logic give lanes of ones and zeros, false of NaN', () => {
    const meanings: Readonly<Record<string, (x: number, y: number) => boolean>> = {
      less: (x, y) => x < y,
      lessEqual: (x, y) => x <= y,
      equal: (x, y) => x === y,
      finite: (x) => Number.isFinite(x),
      not: (x, y) => !(x < y),
      and: (x, y) => x < y && !Number.isNaN(y),
      or: (x, y) => x <= y,
    }
    for (const [name, meaning] of Object.entries(meanings)) {
      const values = run[name]!(...[a, b].slice(0, name === 'finite' ? 1 : 2))
      const bits = new masks(values.buffer as ArrayBuffer, values.byteOffset, values.length)
      values.forEach((_, i) => {
        if (Number(bits[i]) !== (meaning(a[i]!, b[i]!) ? -1 : 0)) expect.fail(`${name}(${a[i]}, ${b[i]}) is ${bits[i]}`)
      })
    }
  })

  test('the choice, the smaller and the larger are one of the two, NaN if either is', () => {
    run.where!(a, b).forEach((value, i) => expect(value).toBe(isLess(a[i]!, b[i]!) ? a[i] : b[i]))
    // Which of two zeros is left open.
    run.smaller!(a, b).forEach((value, i) => expect(value + 0).toBe(Math.min(a[i]!, b[i]!) + 0))
    run.larger!(a, b).forEach((value, i) => expect(value + 0).toBe(Math.max(a[i]!, b[i]!) + 0))
    run.positive!(a).forEach((value, i) => expect(value + 0).toBe(Math.max(a[i]!, 0) + 0))
  })
})
