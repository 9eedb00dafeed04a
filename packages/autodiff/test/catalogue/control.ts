import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { at, type Plain, range, tabulate, total } from '../plain.ts'
import { between, type Case, length, lengthOrNone, shape } from './case.ts'

const REAL = between(-2, 2)
const flags = (n: number): fc.Arbitrary<readonly boolean[]> => fc.array(fc.boolean(), { minLength: n, maxLength: n })
const scalar = (value: number): Plain => ({ shape: [], data: [value] })
const number = (x: Plain | undefined): number => x!.data[0]!

export const control: readonly Case[] = [
  {
    name: 'map',
    instance: fc.tuple(lengthOrNone, shape(0, 2), flags(2)).map(([n, s, [xVaries, wVaries]]) => ({
      inputs: {
        xs: { shape: [n, ...s], varies: xVaries!, values: REAL },
        w: { shape: [], varies: wVaries!, values: REAL },
      },
      graph: ({ xs, w }) => d.map(xs!, (x, i) => d.add(d.mul(d.sin(x), d.exp(w!)), d.mul(i, w!))),
      meaning: {
        each: ({ xs, w }) =>
          tabulate([n, ...s], (...index) => Math.sin(at(xs!, ...index)) * Math.exp(number(w)) + index[0]! * number(w)),
      },
    })),
  },
  {
    name: 'map of what does not depend on the slice',
    instance: fc.tuple(lengthOrNone, flags(1)).map(([n, [varies]]) => ({
      inputs: { w: { shape: [2], varies: varies!, values: REAL } },
      graph: ({ w }) => d.map(d.iota(n), () => d.mul(w!, w!)),
      meaning: { each: ({ w }) => tabulate([n, 2], (_, e) => at(w!, e!) ** 2) },
    })),
  },
  {
    name: 'scan',
    instance: fc.tuple(lengthOrNone, flags(2)).map(([n, [xVaries, cVaries]]) => ({
      inputs: {
        xs: { shape: [n], varies: xVaries!, values: REAL },
        start: { shape: [], varies: cVaries!, values: REAL },
      },
      graph: ({ xs, start }) => {
        const carry = xVaries ? d.lanes.spread(start! as d.Tensor) : start!
        const [last, outputs] = d.scan(xs!, { c: carry }, ({ c }, x) => {
          const next = d.add(d.mul(0.5, c), x)
          return [{ c: next }, d.mul(next, c)]
        })
        return [last.c, outputs]
      },
      meaning: {
        each: ({ xs, start }) => {
          let c = number(start)
          const outputs = xs!.data.map((x) => {
            const before = c
            c = 0.5 * c + x
            return c * before
          })
          return [scalar(c), { shape: [n], data: outputs }]
        },
      },
    })),
  },
  {
    name: 'loop',
    instance: fc.tuple(fc.nat(4), shape(0, 2), flags(2)).map(([n, s, [xVaries, wVaries]]) => ({
      inputs: {
        x: { shape: s, varies: xVaries!, values: REAL },
        w: { shape: [], varies: wVaries! && xVaries!, values: REAL },
      },
      // Two carries that change places.
      graph: ({ x, w }) => {
        const { a, b } = d.loop(n, { a: x!, b: d.mul(x!, 2) }, ({ a, b }, i) => ({
          b: a,
          a: d.sin(d.add(d.mul(b, w!), i)),
        }))
        return [a, b]
      },
      meaning: {
        each: ({ x, w }) => {
          const ends = x!.data.map((v) =>
            range(n).reduce(([a, b], i) => [Math.sin(b! * number(w) + i), a!], [v, 2 * v]),
          )
          return [0, 1].map((k) => ({ shape: s, data: ends.map((end) => end[k]!) }))
        },
      },
    })),
  },
  {
    name: 'until',
    instance: fc.tuple(fc.nat(6), shape(0, 1), flags(1)).map(([bound, s, [varies]]) => ({
      inputs: { x: { shape: s, varies: varies!, values: between(0.1, 30) } },
      // Halved until the sum is at most 3: after another number of rounds for each example.
      graph: ({ x }) => {
        const [{ x: y, rounds }, met] = d.until(
          bound,
          { x: x!, rounds: varies ? d.lanes.spread(d.constant(0)) : d.constant(0) },
          ({ x }) => d.lessEqual(d.sum(x), 3),
          ({ x, rounds }) => ({ x: d.mul(x, 0.5), rounds: d.add(rounds, 1) }),
        )
        return [y, rounds, met]
      },
      meaning: {
        each: ({ x }) => {
          let values = x!.data
          let rounds = 0
          while (rounds < bound && !(total(values) <= 3)) {
            values = values.map((v) => v / 2)
            rounds++
          }
          return [{ shape: s, data: values }, scalar(rounds), scalar(Number(total(values) <= 3))]
        },
      },
    })),
  },
  {
    name: 'a loop in a map',
    instance: fc.tuple(length, fc.nat(3), flags(3)).map(([n, rounds, [xVaries, wVaries, vVaries]]) => ({
      inputs: {
        xs: { shape: [n], varies: xVaries!, values: REAL },
        w: { shape: [], varies: wVaries!, values: REAL },
        v: { shape: [], varies: vVaries!, values: REAL },
      },
      graph: ({ xs, w, v }) => {
        const any = xVaries || wVaries || vVaries
        return d.map(xs!, (x, i) =>
          d.loop(rounds, any ? d.lanes.spread(x as d.Tensor) : x, (c, j) =>
            d.add(d.sin(d.mul(c, w!)), d.add(d.mul(j, v!), d.mul(i, d.exp(v!)))),
          ),
        )
      },
      meaning: {
        each: ({ xs, w, v }) =>
          tabulate([n], (i) =>
            range(rounds).reduce(
              (c, j) => Math.sin(c * number(w)) + j * number(v) + i! * Math.exp(number(v)),
              at(xs!, i!),
            ),
          ),
      },
    })),
  },
  {
    name: 'a map in a scan',
    instance: fc.tuple(length, length, flags(2)).map(([n, m, [xVaries, wVaries]]) => ({
      inputs: {
        xs: { shape: [n, m], varies: xVaries!, values: REAL },
        w: { shape: [m], varies: wVaries!, values: REAL },
      },
      graph: ({ xs, w }) => {
        const start = xVaries || wVaries ? d.lanes.spread(d.constant(0)) : d.constant(0)
        const [last, rows] = d.scan(xs!, start, (c, row) => {
          const inner = d.map(d.stack([row, w!], 1), (pair) => d.mul(d.take(pair, 0, 0), d.add(d.take(pair, 0, 1), c)))
          return [d.mul(0.5, d.sum(inner)), inner]
        })
        return [last, rows]
      },
      meaning: {
        each: ({ xs, w }) => {
          let c = 0
          const rows = range(n).map((i) => {
            const row = range(m).map((j) => at(xs!, i, j) * (at(w!, j) + c))
            c = 0.5 * total(row)
            return row
          })
          return [scalar(c), { shape: [n, m], data: rows.flat() }]
        },
      },
    })),
  },
]
