import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { stretched, tabulate } from '../plain.ts'
import { between, broadcasting, type Case, INTEGERS, TRUTH, type Values, whole } from './case.ts'
import { digamma, erf, erfInverse, logGamma } from './special.ts'

type Operator = (...x: readonly never[]) => d.Example
interface Scalar {
  readonly name: string
  readonly operator: Operator
  readonly meaning: (...x: number[]) => number
  readonly values: readonly Values[]
  readonly slack: number
}

/** A scalar function on arguments that broadcast together, each uniform or varying. */
const scalar = ({ name, operator, meaning, values, slack }: Scalar): Case => ({
  name,
  instance: fc
    .tuple(broadcasting(values.length), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
    .map(([shapes, varies]) => {
      const names = ['a', 'b', 'c'].slice(0, values.length)
      const full = shapes.reduce((most, s) => (s.length > most.length ? s : most), [] as readonly number[])
      const shape = full.map((n, i) =>
        shapes.reduce(
          (m, s) => ((s[i - (full.length - s.length)] ?? 1) === 1 ? m : s[i - (full.length - s.length)]!),
          n,
        ),
      )
      return {
        inputs: Object.fromEntries(
          names.map((key, k) => [key, { shape: shapes[k]!, varies: varies[k]!, values: values[k]! }]),
        ),
        graph: (x) => operator(...(names.map((key) => x[key]) as never[])),
        meaning: {
          each: (x) => tabulate(shape, (...index) => meaning(...names.map((key) => stretched(x[key]!, index)))),
        },
        slack,
      }
    }),
})

const REAL = between(-3, 3)
const wrap = (x: bigint): number => Number(BigInt.asIntN(32, x))
const phi = (x: number): number => (1 + erf(x * Math.SQRT1_2)) / 2

/** Name, operator, meaning, where the arguments come from, and how exact the meaning itself is. */
const floats: readonly (readonly [string, unknown, (...x: number[]) => number, readonly Values[], number?])[] = [
  ['add', d.add, (a, b) => a + b, [REAL, REAL]],
  ['sub', d.sub, (a, b) => a - b, [REAL, REAL]],
  ['mul', d.mul, (a, b) => a * b, [REAL, REAL]],
  ['div', d.div, (a, b) => a / b, [REAL, between(0.25, 4)]],
  ['neg', d.neg, (x) => -x, [REAL]],
  ['abs', d.abs, Math.abs, [REAL]],
  ['sign', d.sign, Math.sign, [REAL]],
  ['maximum', d.maximum, Math.max, [REAL, REAL]],
  ['minimum', d.minimum, Math.min, [REAL, REAL]],
  ['floor', d.floor, Math.floor, [between(-9, 9)]],
  ['exp', d.exp, Math.exp, [between(-20, 20)]],
  ['log', d.log, Math.log, [between(0.01, 50)]],
  ['log1p', d.log1p, Math.log1p, [between(-0.9, 9)]],
  ['expm1', d.expm1, Math.expm1, [between(-9, 9)]],
  ['sqrt', d.sqrt, Math.sqrt, [between(0.01, 50)]],
  ['power', d.power, (a, b) => a ** b, [between(0.2, 4), REAL]],
  ['sin', d.sin, Math.sin, [between(-9, 9)]],
  ['cos', d.cos, Math.cos, [between(-9, 9)]],
  ['tan', d.tan, Math.tan, [between(-1.4, 1.4)]],
  ['atan', d.atan, Math.atan, [between(-9, 9)]],
  ['sinh', d.sinh, Math.sinh, [between(-9, 9)]],
  ['cosh', d.cosh, Math.cosh, [between(-9, 9)]],
  ['tanh', d.tanh, Math.tanh, [between(-9, 9)]],
  ['asinh', d.asinh, Math.asinh, [between(-9, 9)]],
  ['atanh', d.atanh, Math.atanh, [between(-0.95, 0.95)]],
  ['sigmoid', d.sigmoid, (x) => 1 / (1 + Math.exp(-x)), [between(-20, 20)]],
  ['logit', d.logit, (p) => Math.log(p) - Math.log1p(-p), [between(0.01, 0.99)]],
  ['softplus', d.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), [between(-20, 20)]],
  ['softplusInverse', d.softplusInverse, (y) => y + Math.log(-Math.expm1(-y)), [between(0.1, 20)]],
  ['relu', d.relu, (x) => Math.max(x, 0), [REAL]],
  ['gelu', d.gelu, (x) => x * phi(x), [REAL], 1e-15],
  ['silu', d.silu, (x) => x / (1 + Math.exp(-x)), [between(-9, 9)]],
  ['square', d.square, (x) => x * x, [REAL]],
  ['erf', d.erf, erf, [REAL], 1e-14],
  ['erfInverse', d.erfInverse, erfInverse, [between(-0.95, 0.95)], 1e-14],
  ['logGamma', d.logGamma, logGamma, [between(0.1, 20)], 1e-13],
  ['digamma', d.digamma, digamma, [between(0.1, 20)], 1e-13],
  ['clamp', d.clamp, (x, low, high) => Math.min(Math.max(x, low), high), [REAL, between(-2, 0), between(0, 2)]],
  ['where', d.where, (c, a, b) => (c ? a : b), [TRUTH, REAL, REAL]],
]

const small = whole(-2, 2)
const steps: Values = { dtype: 'float', low: -1, high: 1, grid: 0.5 }
const others: readonly (readonly [string, unknown, (...x: number[]) => number, readonly Values[]])[] = [
  ['add of integers', d.add, (a, b) => wrap(BigInt(a) + BigInt(b)), [INTEGERS, INTEGERS]],
  ['sub of integers', d.sub, (a, b) => wrap(BigInt(a) - BigInt(b)), [INTEGERS, INTEGERS]],
  ['mul of integers', d.mul, (a, b) => wrap(BigInt(a) * BigInt(b)), [INTEGERS, INTEGERS]],
  ['neg of integers', d.neg, (a) => wrap(-BigInt(a)), [INTEGERS]],
  ['abs of integers', d.abs, (a) => wrap(BigInt(Math.abs(a))), [INTEGERS]],
  ['sign of integers', d.sign, (a) => (a > 0 ? 1 : a < 0 ? -1 : 0), [INTEGERS]],
  ['maximum of integers', d.maximum, Math.max, [INTEGERS, INTEGERS]],
  ['minimum of integers', d.minimum, Math.min, [INTEGERS, INTEGERS]],
  ['where of integers', d.where, (c, a, b) => (c ? a : b), [TRUTH, INTEGERS, INTEGERS]],
  ['div of integers', d.div, (a, b) => a / b, [whole(-99, 99), whole(1, 9)]],
  ['add of an integer and a float', d.add, (a, b) => a + b, [whole(-99, 99), REAL]],
  ['less', d.less, (a, b) => Number(a < b), [steps, steps]],
  ['lessEqual', d.lessEqual, (a, b) => Number(a <= b), [steps, steps]],
  ['greater', d.greater, (a, b) => Number(a > b), [steps, steps]],
  ['greaterEqual', d.greaterEqual, (a, b) => Number(a >= b), [steps, steps]],
  ['equal', d.equal, (a, b) => Number(a === b), [steps, steps]],
  ['notEqual', d.notEqual, (a, b) => Number(a !== b), [steps, steps]],
  ['less of integers', d.less, (a, b) => Number(a < b), [INTEGERS, INTEGERS]],
  ['equal of integers', d.equal, (a, b) => Number(a === b), [small, small]],
  [
    'finite',
    d.finite,
    Number.isFinite as unknown as (x: number) => number,
    [{ ...steps, low: -Infinity, high: Infinity }],
  ],
  ['not', d.not, (a) => 1 - a, [TRUTH]],
  ['and', d.and, (a, b) => a * b, [TRUTH, TRUTH]],
  ['or', d.or, (a, b) => Math.max(a, b), [TRUTH, TRUTH]],
  ['cast to int', (x: d.Example) => d.cast(x, 'int'), Math.trunc, [between(-9, 9)]],
  ['cast to bool', (x: d.Example) => d.cast(x, 'bool'), (x) => Number(x !== 0), [steps]],
  ['cast of an integer', (x: d.Example) => d.cast(x, 'float'), (x) => x, [whole(-(2 ** 24), 2 ** 24)]],
  ['cast of a boolean', (x: d.Example) => d.cast(x, 'float'), (x) => x, [TRUTH]],
]

export const elementwise: readonly Case[] = [
  ...floats.map(([name, operator, meaning, values, slack = 0]) =>
    scalar({ name, operator: operator as Operator, meaning, values, slack }),
  ),
  ...others.map(([name, operator, meaning, values]) =>
    scalar({ name, operator: operator as Operator, meaning, values, slack: 0 }),
  ),
]
