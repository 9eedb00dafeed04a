import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { at, type Plain, replaced, sizeOf, stretched, tabulate, total, without } from '../plain.ts'
import {
  type Argument,
  between,
  type Case,
  INTEGERS,
  type Instance,
  length,
  lengthOrNone,
  shape,
  shapeAndAxis,
} from './case.ts'

const REAL = between(-3, 3)
/** Moves elements of numbers of any type. */
const values = fc.constantFrom(REAL, REAL, INTEGERS)
const argument = (shapes: fc.Arbitrary<readonly number[]>): fc.Arbitrary<Argument> =>
  fc.record({ shape: shapes, varies: fc.boolean(), values })

const moves = (
  name: string,
  instance: fc.Arbitrary<{
    readonly x: Argument
    readonly graph: (x: d.Example) => d.Example
    readonly meaning: (x: Plain) => Plain
    readonly note?: string
  }>,
): Case => ({
  name,
  instance: instance.map(
    ({ x, graph, meaning, note }): Instance => ({
      inputs: { x },
      graph: ({ x }) => graph(x!),
      meaning: { each: ({ x }) => meaning(x!) },
      ...(note !== undefined && { note }),
    }),
  ),
})

/** An argument and one of its axes. */
const withAxis = fc
  .tuple(shapeAndAxis(shape(1, 3)), fc.boolean(), values)
  .map(([{ shape, axis, given }, varies, values]) => ({ x: { shape, varies, values }, axis, given }))

/** Several tensors alike off one axis. */
const alongAxis = (sameLength: boolean): fc.Arbitrary<{ readonly parts: readonly Argument[]; readonly axis: number }> =>
  fc
    .tuple(
      shapeAndAxis(shape(1, 3)),
      fc.array(fc.tuple(lengthOrNone, fc.boolean()), { minLength: 1, maxLength: 3 }),
      values,
    )
    .map(([{ shape, axis }, parts, values]) => ({
      axis,
      parts: parts.map(([n, varies]) => ({ shape: sameLength ? shape : replaced(shape, axis, n), varies, values })),
    }))
const named = (parts: readonly Argument[]): Readonly<Record<string, Argument>> =>
  Object.fromEntries(parts.map((part, k) => [`p${k}`, part]))

export const shaping: readonly Case[] = [
  moves(
    'reshape',
    fc.tuple(argument(shape()), fc.boolean()).chain(([x, infer]) => {
      const size = sizeOf(x.shape)
      const divisors = Array.from({ length: size }, (_, i) => i + 1).filter((n) => size % n === 0)
      return fc.constantFrom(...(divisors.length ? divisors : [1])).map((n) => {
        const to = size === 0 ? [0, n] : [n, size / n]
        return {
          x,
          graph: (t: d.Example) => d.reshape(t, infer && size > 0 ? [n, -1] : to),
          meaning: ({ data }: Plain) => ({ shape: to, data }),
        }
      })
    }),
  ),
  moves(
    'expandDims',
    fc.tuple(argument(shape()), fc.nat(3)).map(([x, k]) => {
      const axis = k % (x.shape.length + 1)
      return {
        x,
        graph: (t) => d.expandDims(t, axis),
        meaning: ({ data }) => ({ shape: [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)], data }),
      }
    }),
  ),
  moves(
    'transpose',
    argument(shape()).chain((x) =>
      fc.shuffledSubarray([...x.shape.keys()], { minLength: x.shape.length }).map((order) => ({
        x,
        note: order.join(),
        graph: (t: d.Example) => d.transpose(t, order),
        meaning: (p: Plain) =>
          tabulate(
            order.map((axis) => x.shape[axis]!),
            (...index) => at(p, ...x.shape.map((_, axis) => index[order.indexOf(axis)]!)),
          ),
      })),
    ),
  ),
  moves(
    'transpose of all axes',
    argument(shape()).map((x) => ({
      x,
      graph: (t) => d.transpose(t),
      meaning: (p) => tabulate([...x.shape].reverse(), (...index) => at(p, ...[...index].reverse())),
    })),
  ),
  moves(
    'slice',
    fc
      .tuple(withAxis, fc.nat(7), fc.noBias(fc.tuple(fc.nat(3), fc.nat(7), fc.nat(3))), fc.boolean(), fc.boolean())
      .map(([{ x: given, axis, given: named }, n, [start0, length0, step0], fromBack, toEnd]) => {
        const x = { ...given, shape: replaced(given.shape, axis, n) }
        const start = Math.min(start0, n)
        const stop = toEnd ? n : Math.min(start + length0, n)
        const step = Math.max(step0, 1)
        const back = (i: number): number => (fromBack && i < n ? i - n : i)
        const count = Math.ceil((stop - start) / step)
        return {
          x,
          note: `${start}:${stop}:${step} of axis ${axis}`,
          graph: (t) => d.slice(t, named, back(start), toEnd ? undefined : back(stop), step),
          meaning: (p) =>
            tabulate(replaced(x.shape, axis, count), (...index) =>
              at(p, ...replaced(index, axis, start + step * index[axis]!)),
            ),
        }
      }),
  ),
  moves(
    'take',
    fc
      .tuple(withAxis, fc.nat(), fc.boolean())
      .filter(([{ x, axis }]) => x.shape[axis]! > 0)
      .map(([{ x, axis, given }, k, back]) => {
        const i = k % x.shape[axis]!
        return {
          x,
          graph: (t) => d.take(t, given, back ? i - x.shape[axis]! : i),
          meaning: (p) =>
            tabulate(without(x.shape, axis), (...index) => at(p, ...index.slice(0, axis), i, ...index.slice(axis))),
        }
      }),
  ),
  moves(
    'pad',
    fc
      .tuple(withAxis, fc.nat(2), fc.nat(2), fc.integer({ min: -2, max: 2 }))
      .map(([{ x, axis, given }, low, high, value]) => ({
        x,
        note: `${low}, ${high} of axis ${axis}`,
        graph: (t) => d.pad(t, given, low, high, value),
        meaning: (p) =>
          tabulate(replaced(x.shape, axis, low + x.shape[axis]! + high), (...index) => {
            const i = index[axis]! - low
            return i >= 0 && i < x.shape[axis]! ? at(p, ...replaced(index, axis, i)) : value
          }),
      })),
  ),
  moves(
    'flip',
    withAxis.map(({ x, axis, given }) => ({
      x,
      graph: (t) => d.flip(t, given),
      meaning: (p) =>
        tabulate(x.shape, (...index) => at(p, ...replaced(index, axis, x.shape[axis]! - 1 - index[axis]!))),
    })),
  ),
  moves(
    'broadcastTo',
    fc.tuple(argument(shape(0, 2)), fc.array(length, { maxLength: 2 }), length).map(([x, lead, n]) => {
      const to = [...lead, ...x.shape.map((m) => (m === 1 ? n : m))]
      return { x, graph: (t) => d.broadcastTo(t, to), meaning: (p) => tabulate(to, (...index) => stretched(p, index)) }
    }),
  ),
  moves(
    'stopGradient',
    argument(shape()).map((x) => ({ x, graph: (t) => d.stopGradient(t), meaning: (p) => p })),
  ),
  {
    name: 'concat',
    instance: alongAxis(false).map(({ parts, axis }) => ({
      inputs: named(parts),
      graph: (x) => d.concat(Object.values(x), axis),
      meaning: {
        each: (x) => {
          const pieces = Object.values(x)
          const lengths = pieces.map((p) => p.shape[axis]!)
          return tabulate(replaced(parts[0]!.shape, axis, total(lengths)), (...index) => {
            let i = index[axis]!
            const k = lengths.findIndex((n) => {
              if (i < n) return true
              i -= n
              return false
            })
            return at(pieces[k]!, ...replaced(index, axis, i))
          })
        },
      },
    })),
  },
  {
    name: 'stack',
    instance: alongAxis(true).map(({ parts, axis }) => ({
      inputs: named(parts),
      graph: (x) => d.stack(Object.values(x), axis),
      meaning: {
        each: (x) => {
          const s = parts[0]!.shape
          return tabulate([...s.slice(0, axis), parts.length, ...s.slice(axis)], (...index) =>
            at(Object.values(x)[index[axis]!]!, ...without(index, axis)),
          )
        },
      },
    })),
  },
]
