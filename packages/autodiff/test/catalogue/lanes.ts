import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { at, tabulate, total } from '../plain.ts'
import { between, type Case, INTEGERS, shape, TRUTH, type Values, whole } from './case.ts'

const REAL = between(-3, 3)

/** Where examples meet; a uniform value counts as that many equal ones. */
const join = (
  name: string,
  operation: (x: d.Example) => d.Tensor,
  meaning: (values: readonly number[]) => number,
  values: Values,
  slack = 0,
): Case => ({
  name,
  instance: fc.tuple(shape(), fc.boolean()).map(([s, varies]) => ({
    inputs: { x: { shape: s, varies, values } },
    graph: ({ x }) => operation(x!),
    meaning: { all: (xs) => tabulate(s, (...index) => meaning(xs.map(({ x }) => at(x!, ...index)))) },
    slack,
  })),
})

const mean = (values: readonly number[]): number => total(values) / values.length
const wrapped = (values: readonly number[]): number =>
  Number(
    BigInt.asIntN(
      32,
      values.reduce((sum, x) => sum + BigInt(x), 0n),
    ),
  )
const pick = (f: (a: number, b: number) => number) => (values: readonly number[]) => values.reduce((a, b) => f(a, b))

export const lanes: readonly Case[] = [
  join('lanes.sum', d.lanes.sum, total, REAL),
  join('lanes.sum of integers', d.lanes.sum, wrapped, INTEGERS),
  join(
    'sign of lanes.sum of integers',
    (x) => d.less(d.lanes.sum(x), 0),
    (values) => Number(wrapped(values) < 0),
    INTEGERS,
  ),
  join('lanes.mean', d.lanes.mean, mean, REAL),
  join('lanes.mean of integers', d.lanes.mean, mean, whole(-9, 9)),
  join(
    'lanes.variance',
    d.lanes.variance,
    (values) => mean(values.map((x) => (x - mean(values)) ** 2)),
    between(90, 110),
    1e-14,
  ),
  join('lanes.min', d.lanes.min, pick(Math.min), REAL),
  join('lanes.max', d.lanes.max, pick(Math.max), REAL),
  join('lanes.max of integers', d.lanes.max, pick(Math.max), INTEGERS),
  join('lanes.logSumExp', d.lanes.logSumExp, (values) => Math.log(total(values.map(Math.exp))), between(-20, 20)),
  join('lanes.any', d.lanes.any, (values) => Number(values.includes(1)), TRUTH),
  join(
    'lanes.count',
    (x) => d.add(d.lanes.sum(d.mul(x, 0)), d.lanes.count()),
    (values) => values.length,
    REAL,
  ),
  {
    name: 'lanes.index',
    instance: fc.constant({
      inputs: {},
      graph: () => d.lanes.index(),
      meaning: { each: (_, { index }) => ({ shape: [], data: [index] }) },
    }),
  },
  {
    name: 'lanes.spread',
    instance: fc.tuple(shape(), fc.boolean()).map(([s, varies]) => ({
      inputs: { x: { shape: s, varies, values: REAL } },
      graph: ({ x }) => d.lanes.spread(x! as d.Tensor),
      meaning: { each: ({ x }) => x! },
    })),
  },
  {
    name: 'joins one after another',
    instance: shape(0, 2).map((s) => ({
      inputs: { x: { shape: s, varies: true, values: REAL } },
      // The variance of the weights e^x / Σ e^x, and each weight over it.
      graph: ({ x }) => {
        const weight = d.exp(d.sub(x!, d.lanes.logSumExp(x!)))
        const centred = d.sub(weight, d.lanes.mean(weight))
        return d.lanes.mean(d.mul(d.add(centred, 1), d.lanes.max(centred)))
      },
      meaning: {
        all: (xs) =>
          tabulate(s, (...index) => {
            const powers = xs.map(({ x }) => Math.exp(at(x!, ...index)))
            const weights = powers.map((p) => p / total(powers))
            const centred = weights.map((w) => w - mean(weights))
            return mean(centred.map((c) => (c + 1) * pick(Math.max)(centred)))
          }),
      },
    })),
  },
]
