import { expmOperation } from '../../../tensor/linalg/expm.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Local } from '../assembler/code.ts'
import { forEach, repeatWhile } from '../assembler/counted.ts'
import { call, func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import { floatOf } from '../format.ts'
import { floatPrimitives } from '../math/index.ts'
import { wordsOf } from '../values.ts'
import { rowsLaunch } from './indexed.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { along, forLanes, laid } from './laid.ts'
import { factorLaunch } from './lu.ts'
import { productFunction } from './matrix.ts'
import { substituteLaunch } from './substitute.ts'

/** Degree of the approximant, and how large the norm may be: off by less than 2^-35 there in 32 bits, and 2^-53 in 64 (Al-Mohy & Higham 2009, table 6.1). */
const APPROXIMANT = {
  float32: { degree: 7, largest: 2 },
  float64: { degree: 13, largest: 4.74 },
} as const

/** Elements of the room that the launches need: matrices, a permutation, and how often the power is squared. */
export const expmRoom = (order: number): number => 5 * order * order + order + 1

/** e^A by scaling and squaring of one Padé approximant (Higham 2005, algorithm 2.3); null for any other operation. */
export const expmLaunches = (node: Node, at: Addresses): readonly Launch[] | null => {
  if (node.operation !== (expmOperation as Operation)) return null
  const { varies, shape } = node
  const order = shape[0]!
  if (order === 0) return []
  const { bytes } = laid(at.format, varies)
  const { degree, largest } = APPROXIMANT[at.format.precision]
  const out = at.addressOf(node)
  const size = order * order
  const [a, squared, even, odd, spare, permutation, squarings] = [0, 1, 2, 3, 4, 5]
    .map((i) => at.roomOf(node) + i * size * bytes)
    .concat(at.roomOf(node) + (5 * size + order) * bytes) as Seven
  const number = (value: number): number => at.table(wordsOf([value], 'float', at.format))
  const product = (to: number, x: number, y: number, c: number): Launch => ({
    kernel: productKernel(varies),
    operands: [to, x, y, number(c), order],
  })
  const c = coefficients(degree)
  // Horner's rule in A², for the even and the odd coefficients: each step leaves its sum where the last one was not.
  const steps: Launch[] = []
  let [e, o, free] = [even, odd, spare]
  steps.push(
    { kernel: linear(varies), operands: [e, squared, number(c[degree - 1]!), number(c[degree - 3]!), order] },
    { kernel: linear(varies), operands: [o, squared, number(c[degree]!), number(c[degree - 2]!), order] },
  )
  for (let k = degree - 4; k > 0; k -= 2) {
    steps.push(product(free, squared, e, c[k - 1]!))
    ;[e, free] = [free, e]
    steps.push(product(free, squared, o, c[k]!))
    ;[o, free] = [free, o]
  }
  return [
    {
      kernel: scale(varies, largest),
      operands: [
        a,
        squarings,
        at.readAt(node.inputs[0]!),
        order,
        (node.attributes as { readonly block: number }).block,
      ],
    },
    product(squared, a, a, 0),
    ...steps,
    product(free, a, o, 0),
    // The numerator to where A² was, the denominator to where A was.
    { kernel: sumAndDifference(varies), operands: [squared, a, e, free, size] },
    factorLaunch({ l: even, u: odd, p: permutation, a }, order, varies, at.format),
    rowsLaunch(
      { x: squared, index: permutation, out },
      { varies, indexVaries: varies },
      { picked: order, length: order, width: order },
      at,
    ),
    ...[even, odd].map((t, upper) =>
      substituteLaunch(
        { order, columns: order, t, tVaries: varies, x: out, varies },
        { lower: !upper, transpose: false, unitDiagonal: !upper },
        at.format,
      ),
    ),
    { kernel: square(varies), operands: [out, squared, squarings, number(0), order] },
  ]
}
type Seven = [number, number, number, number, number, number, number]

/** Of x^k in the numerator of the [m/m] approximant of e^x, divided by the last (Higham 2005, eq. 2.3). */
const coefficients = (degree: number): readonly number[] => {
  const found = [1]
  for (let k = degree; k > 0; k--) found.unshift((found[0]! * k * (2 * degree - k + 1)) / (degree - k + 1))
  return found
}

const productKernel = (varies: boolean): Kernel => ({
  key: `matrix product ${varies}`,
  build: (format) => productFunction({ varies }, format),
})

/** a A + c 1, for numbers at addresses. */
const linear = (varies: boolean): Kernel => ({
  key: `expm: matrix times a number ${varies}`,
  build: (format) =>
    func('linear', { out: 'i32', x: 'i32', a: 'i32', c: 'i32', order: 'i32' }, 'none', (p) => {
      const { bytes, load, store } = laid(format, varies)
      const { mul, add } = format.floats
      const [i, j, l, size] = integers('i', 'j', 'l', 'size')
      const factor = local('v128', 'factor')
      return [
        set(factor, format.splatAt(p.a)),
        set(size, i32.mul(i32.mul(p.order, p.order), bytes)),
        along(format, varies, j, size, 1, (side) =>
          side.store(i32.add(p.out, j), mul(factor, side.load(i32.add(p.x, j)))),
        ),
        set(factor, format.splatAt(p.c)),
        forEach(i, { below: p.order }, [
          forLanes(format, varies, l, store(p.out, l, add(load(p.out, l), factor))),
          set(p.out, i32.add(p.out, i32.mul(i32.add(p.order, 1), bytes))),
        ]),
      ]
    }),
})

const sumAndDifference = (varies: boolean): Kernel => ({
  key: `expm: sum and difference ${varies}`,
  build: (format) =>
    func('sumAndDifference', { sum: 'i32', difference: 'i32', x: 'i32', y: 'i32', size: 'i32' }, 'none', (p) => {
      const { add, sub } = format.floats
      const [j] = integers('j')
      const [x, y] = [local('v128', 'x'), local('v128', 'y')]
      return along(format, varies, j, i32.mul(p.size, laid(format, varies).bytes), 1, ({ load, store }) => [
        set(x, load(i32.add(p.x, j))),
        set(y, load(i32.add(p.y, j))),
        store(i32.add(p.sum, j), add(x, y)),
        store(i32.add(p.difference, j), sub(x, y)),
      ])
    }),
})

/** A divided by the power of 2 that brings the norm of its first block below `largest`; NaN where it is not finite. */
const scale = (varies: boolean, largest: number): Kernel => ({
  key: `expm: scale ${varies}`,
  build: (format) =>
    func('scale', { out: 'i32', squarings: 'i32', a: 'i32', order: 'i32', block: 'i32' }, 'none', (p) => {
      const { floats } = format
      const { add, mul, abs, gt, and, or, not, select, constant, anyTrue, atLeast } = floats
      const { finite } = floatPrimitives(floats)
      const { bytes, load, store } = laid(format, varies)
      const [i, j, l, row, at] = integers('i', 'j', 'l', 'row', 'at')
      const names = ['norm', 'total', 'wrong', 'factor', 'count', 'large'] as const
      const [norm, total, wrong, factor, count, large] = names.map((name) => local('v128', name)) as Six
      const size = i32.mul(p.order, row)
      return [
        set(row, i32.mul(p.order, bytes)),
        forLanes(format, varies, l, [
          set(wrong, constant(0)),
          set(norm, constant(0)),
          forEach(i, { below: size, step: bytes }, set(wrong, or(wrong, not(finite(load(i32.add(p.a, i), l)))))),
          forEach(j, { below: p.block }, [
            set(total, constant(0)),
            set(at, i32.add(p.a, i32.mul(j, bytes))),
            forEach(i, { below: p.block }, [set(total, add(total, abs(load(at, l)))), set(at, i32.add(at, row))]),
            set(norm, atLeast(norm, total)),
          ]),
          set(wrong, or(wrong, not(finite(norm)))),
          set(norm, select(wrong, 0, norm)),
          set(factor, constant(1)),
          set(count, constant(0)),
          set(large, gt(norm, largest)),
          repeatWhile(anyTrue(large), [
            set(factor, select(large, mul(factor, 0.5), factor)),
            set(count, add(count, and(large, constant(1)))),
            set(large, gt(mul(norm, factor), largest)),
          ]),
          forEach(i, { below: size, step: bytes }, [
            store(i32.add(p.out, i), l, select(wrong, NaN, mul(load(i32.add(p.a, i), l), factor))),
          ]),
          store(p.squarings, l, count),
        ]),
      ]
    }),
})
type Six = [Vector, Vector, Vector, Vector, Vector, Vector]
type Vector = Local<'v128'>

/** Squares X as often as each lane wants; the other matrix is used up. */
const square = (varies: boolean): Kernel => ({
  key: `expm: square ${varies}`,
  build: (format) =>
    func('square', { x: 'i32', other: 'i32', squarings: 'i32', zero: 'i32', order: 'i32' }, 'none', (p) => {
      const { gt, select, anyTrue } = format.floats
      const { bytes, load, store } = laid(format, varies)
      const product = productFunction({ varies }, format)
      const [done, wanted, i, l, at] = integers('done', 'wanted', 'i', 'l', 'at')
      const more = local('v128', 'more')
      const ask = [
        set(wanted, 0),
        forLanes(format, varies, l, [
          set(wanted, i32.or(wanted, anyTrue(gt(load(p.squarings, l), floatOf(format, done))))),
        ]),
      ]
      return [
        ask,
        repeatWhile(wanted, [
          call(product, { out: p.other, a: p.x, b: p.x, c: p.zero, order: p.order }),
          forLanes(format, varies, l, [
            set(more, gt(load(p.squarings, l), floatOf(format, done))),
            forEach(i, { below: i32.mul(i32.mul(p.order, p.order), bytes), step: bytes }, [
              set(at, i32.add(p.x, i)),
              store(at, l, select(more, load(i32.add(p.other, i), l), load(at, l))),
            ]),
          ]),
          set(done, i32.add(done, 1)),
          ask,
        ]),
      ]
    }),
})
