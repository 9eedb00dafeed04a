import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { at, indices, type Plain, tabulate, total } from '../plain.ts'
import { between, type Case, fullShape, INTEGERS, type Instance, shape, shapeAndAxis, type Values } from './case.ts'

const REAL = between(-3, 3)
type Reduce = (x: d.Example, axis?: number | readonly number[], keep?: boolean) => d.Example

/** A reduction over all, one or several axes, which stay with length 1 or go. */
const reduction = (
  name: string,
  operation: Reduce,
  meaning: (terms: readonly number[]) => number,
  values: Values,
  shapes: fc.Arbitrary<readonly number[]> = shape(),
): Case => ({
  name,
  instance: fc.tuple(shapes, fc.boolean(), fc.boolean()).chain(([s, varies, keep]) =>
    fc
      .oneof(
        fc.constant(undefined),
        fc.subarray([...s.keys()]),
        s.length ? fc.integer({ min: -s.length, max: s.length - 1 }) : fc.constant(undefined),
      )
      .map((axis): Instance => {
        const axes = axis === undefined ? [...s.keys()] : [axis].flat().map((i) => (i < 0 ? i + s.length : i))
        const kept = s.map((n, i) => (axes.includes(i) ? 1 : n))
        return {
          inputs: { x: { shape: s, varies, values } },
          note: `axis ${axis}`,
          graph: ({ x }) => operation(x!, axis, keep),
          meaning: {
            each: ({ x }) => {
              const reduced = tabulate(kept, (...index) =>
                meaning(
                  indices(axes.map((i) => s[i]!)).map((inner) =>
                    at(x!, ...index.map((v, i) => (axes.includes(i) ? inner[axes.indexOf(i)]! : v))),
                  ),
                ),
              )
              return keep ? reduced : { shape: kept.filter((_, i) => !axes.includes(i)), data: reduced.data }
            },
          },
        }
      }),
  ),
})

const logSumExp = (terms: readonly number[]): number => Math.log(total(terms.map(Math.exp)))
const wrapped = (terms: readonly number[]): number =>
  Number(
    BigInt.asIntN(
      32,
      terms.reduce((sum, x) => sum + BigInt(x), 0n),
    ),
  )
const least = (terms: readonly number[]): number => Math.min(...terms)
const greatest = (terms: readonly number[]): number => Math.max(...terms)

/** Along one axis, the last when none is named. */
const along = (
  name: string,
  operation: (x: d.Example, axis?: number) => d.Example,
  meaning: (x: Plain, axis: number) => Plain,
): Case => ({
  name,
  instance: fc
    .tuple(shapeAndAxis(fullShape(1, 3)), fc.boolean(), fc.boolean())
    .map(([{ shape: s, axis, given }, varies, last]) => ({
      inputs: { x: { shape: s, varies, values: REAL } },
      graph: ({ x }) => operation(x!, last ? undefined : given),
      meaning: { each: ({ x }) => meaning(x!, last ? s.length - 1 : axis) },
    })),
})
const row = (x: Plain, index: readonly number[], axis: number): readonly number[] =>
  Array.from({ length: x.shape[axis]! }, (_, i) => at(x, ...index.slice(0, axis), i, ...index.slice(axis)))

const long = fc.constantFrom([1, 63], [64], [65, 2], [130], [200])

export const reduce: readonly Case[] = [
  reduction('sum', d.sum, total, REAL),
  reduction('sum of many terms', d.sum, total, REAL, long),
  reduction('sum of integers', d.sum, wrapped, INTEGERS),
  // A sum is wrapped where it is used, not only where it is read.
  reduction(
    'sign of a sum of integers',
    (x, axis, keep) => d.less(d.sum(x, axis, keep), 0),
    (terms) => Number(wrapped(terms) < 0),
    INTEGERS,
    fullShape(1, 3),
  ),
  reduction('mean', d.mean, (terms) => total(terms) / terms.length, REAL, fullShape()),
  reduction('max', d.max, greatest, REAL),
  reduction('min', d.min, least, REAL),
  reduction('max of integers', d.max, greatest, INTEGERS, fullShape()),
  reduction('min of integers', d.min, least, INTEGERS, fullShape()),
  reduction('logSumExp', d.logSumExp, logSumExp, REAL),
  along('product', d.product, (x, axis) =>
    tabulate(
      x.shape.filter((_, i) => i !== axis),
      (...index) => row(x, index, axis).reduce((product, v) => product * v, 1),
    ),
  ),
  along('softmax', d.softmax, (x, axis) =>
    tabulate(x.shape, (...index) => {
      const others = index.filter((_, i) => i !== axis)
      return Math.exp(at(x, ...index)) / total(row(x, others, axis).map(Math.exp))
    }),
  ),
]
