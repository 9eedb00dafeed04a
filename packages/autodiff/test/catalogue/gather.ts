import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { at, range, replaced, tabulate, total } from '../plain.ts'
import { between, type Case, fullShape, INTEGERS, length, shape, shapeAndAxis, type Values, whole } from './case.ts'

const REAL = between(-3, 3)
/** Beyond both ends too: an index outside is held at the nearest. */
const places = whole(-2, 5)
const held = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1)
const quarters: Values = { dtype: 'float', low: -2, high: 2, grid: 0.25 }

export const gather: readonly Case[] = [
  {
    name: 'gather',
    instance: fc
      .tuple(shapeAndAxis(fullShape(1, 3)), shape(0, 2), fc.boolean(), fc.boolean(), fc.constantFrom(REAL, INTEGERS))
      .map(([{ shape: s, axis, given }, picks, xVaries, iVaries, values]) => ({
        inputs: { x: { shape: s, varies: xVaries, values }, i: { shape: picks, varies: iVaries, values: places } },
        note: `axis ${axis}`,
        graph: ({ x, i }) => d.gather(x!, i!, given),
        meaning: {
          each: ({ x, i }) =>
            tabulate([...s.slice(0, axis), ...picks, ...s.slice(axis + 1)], (...index) => {
              const pick = at(i!, ...index.slice(axis, axis + picks.length))
              return at(x!, ...index.slice(0, axis), held(pick, s[axis]!), ...index.slice(axis + picks.length))
            }),
        },
      })),
  },
  {
    name: 'takeAlong',
    instance: fc
      .tuple(shapeAndAxis(fullShape(1, 3)), length, fc.boolean(), fc.boolean(), fc.constantFrom(REAL, INTEGERS))
      .map(([{ shape: s, axis, given }, n, xVaries, iVaries, values]) => ({
        inputs: {
          x: { shape: s, varies: xVaries, values },
          i: { shape: replaced(s, axis, n), varies: iVaries, values: places },
        },
        note: `axis ${axis}`,
        graph: ({ x, i }) => d.takeAlong(x!, i!, given),
        meaning: {
          each: ({ x, i }) =>
            tabulate(replaced(s, axis, n), (...index) =>
              at(x!, ...replaced(index, axis, held(at(i!, ...index), s[axis]!))),
            ),
        },
      })),
  },
  {
    name: 'scatterAdd',
    instance: fc
      .tuple(
        fullShape(1, 3),
        shape(0, 2),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        fc.constantFrom(REAL, INTEGERS),
      )
      .map(([s, picks, [bVaries, iVaries, uVaries], values]) => ({
        inputs: {
          base: { shape: s, varies: bVaries!, values },
          i: { shape: picks, varies: iVaries!, values: places },
          updates: { shape: [...picks, ...s.slice(1)], varies: uVaries!, values },
        },
        graph: ({ base, i, updates }) => d.scatterAdd(base!, i!, updates!),
        meaning: {
          each: ({ base, i, updates }) =>
            tabulate(s, (...index) => {
              const added = i!.data.map((pick, k) => {
                const width = updates!.data.length / Math.max(1, i!.data.length)
                const place = index.slice(1).reduce((sum, v, axis) => sum * s[axis + 1]! + v, 0)
                return held(pick, s[0]!) === index[0] ? updates!.data[k * width + place]! : 0
              })
              const sum = at(base!, ...index) + total(added)
              return values === INTEGERS ? Number(BigInt.asIntN(32, BigInt(sum))) : sum
            }),
        },
      })),
  },
  {
    name: 'oneHot',
    instance: fc.tuple(shape(0, 2), length, fc.boolean()).map(([s, n, varies]) => ({
      inputs: { i: { shape: s, varies, values: places } },
      graph: ({ i }) => d.oneHot(i!, n),
      meaning: {
        each: ({ i }) => tabulate([...s, n], (...index) => (at(i!, ...index.slice(0, -1)) === index.at(-1) ? 1 : 0)),
      },
    })),
  },
  {
    name: 'searchSorted',
    instance: fc.tuple(shape(0, 2), length, fc.boolean(), fc.boolean()).map(([s, n, sVaries, xVaries]) => ({
      inputs: {
        sorted: { shape: [...s, n], varies: sVaries, values: { ...quarters, sorted: true } },
        x: { shape: s, varies: xVaries, values: { ...quarters, low: -2.25, high: 2.25 } },
      },
      graph: ({ sorted, x }) => d.searchSorted(sorted!, x!),
      meaning: {
        each: ({ sorted, x }) =>
          tabulate(s, (...index) => range(n).filter((k) => at(sorted!, ...index, k) <= at(x!, ...index)).length),
      },
    })),
  },
  {
    name: 'cumulativeSum',
    instance: fc
      .tuple(shapeAndAxis(shape(1, 3)), fc.boolean(), fc.boolean(), fc.boolean())
      .map(([{ shape: s, axis, given }, varies, reverse, integers]) => ({
        inputs: { x: { shape: s, varies, values: integers ? INTEGERS : REAL } },
        note: `axis ${axis}${reverse ? ' reversed' : ''}`,
        graph: ({ x }) => {
          const sums = d.cumulativeSum(x!, given, { reverse })
          return [sums, d.less(sums, 0)]
        },
        meaning: {
          each: ({ x }) => {
            const sums = tabulate(s, (...index) => {
              const sum = total(
                range(s[axis]!)
                  .filter((k) => (reverse ? k >= index[axis]! : k <= index[axis]!))
                  .map((k) => at(x!, ...replaced(index, axis, k))),
              )
              return integers ? Number(BigInt.asIntN(32, BigInt(sum))) : sum
            })
            // Of floats the sign of a sum near 0 is not known; such are as good as never drawn.
            return [sums, { shape: s, data: sums.data.map((v) => Number(v < 0)) }]
          },
        },
      })),
  },
]
