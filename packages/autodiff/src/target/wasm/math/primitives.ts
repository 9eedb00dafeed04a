import type * as rows from '../../../scalar/primitives.ts'
import { call } from '../assembler/index.ts'
import { atan } from './atan.ts'
import { finite, maximum, minimum, sign } from './elementary.ts'
import { erfInverse } from './erfInverse.ts'
import { erf } from './errorFunction.ts'
import { exp, expm1 } from './exponential.ts'
import type { Floats, Vector } from './floats.ts'
import { digamma, logGamma, trigamma } from './gamma.ts'
import { log, log1p } from './logarithm.ts'
import { power } from './power.ts'
import { cos, sin } from './trigonometric.ts'

/** Code for a function's value from code for its operands. */
export type Emitter = (...operands: readonly Vector[]) => Vector
export type PrimitiveName = keyof typeof rows

/**
 * How each primitive row is computed on vectors of floats, to the error that the row states; what compares gives masks,
 * and logic takes them. Long functions are functions of the module, which comes by them through their calls.
 */
export const floatPrimitives = (v: Floats): Readonly<Record<PrimitiveName, Emitter>> => {
  const unary =
    (f: (v: Floats, x: Vector) => Vector): Emitter =>
    (x) =>
      f(v, x!)
  const binary =
    (f: (a: Vector, b: Vector) => Vector): Emitter =>
    (a, b) =>
      f(a!, b!)
  return {
    add: binary(v.add),
    sub: binary(v.sub),
    mul: binary(v.mul),
    div: binary(v.div),
    neg: (x) => v.neg(x!),
    abs: (x) => v.abs(x!),
    sign: unary(sign),
    maximum: binary((a, b) => maximum(v, a, b)),
    minimum: binary((a, b) => minimum(v, a, b)),
    floor: (x) => v.floor(x!),
    exp: unary(exp),
    log: unary(log),
    log1p: unary(log1p),
    expm1: unary(expm1),
    sqrt: (x) => v.sqrt(x!),
    power: called(() => {
      const f = power(v)
      return (a, b) => call(f, { a: a!, b: b! })
    }),
    sin: unary(sin),
    cos: unary(cos),
    atan: unary(atan),
    erf: unary(erf),
    erfInverse: called(() => {
      const f = erfInverse(v)
      return (p) => call(f, { p: p! })
    }),
    logGamma: calledWith(() => logGamma(v)),
    digamma: calledWith(() => digamma(v)),
    trigamma: calledWith(() => trigamma(v)),
    less: binary(v.lt),
    lessEqual: binary(v.le),
    equal: binary(v.eq),
    finite: unary(finite),
    not: (a) => v.not(a!),
    and: binary(v.and),
    or: binary(v.or),
    where: (condition, yes, no) => v.select(condition!, yes!, no!),
  }
}

/** Calls of a function that is made when it is first needed, once. */
const called = (make: () => Emitter): Emitter => {
  let made: Emitter | undefined
  return (...operands) => {
    made ??= make()
    return made(...operands)
  }
}
const calledWith = (make: () => ReturnType<typeof logGamma>): Emitter =>
  called(() => {
    const f = make()
    return (x) => call(f, { x: x! })
  })
