import { greater, greaterEqual, notEqual, relu, square } from '../scalar/derived.ts'
import { argument, literal } from '../scalar/expression.ts'
import {
  abs,
  add,
  and,
  div,
  equal,
  floor,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  neg,
  not,
  or,
  power,
  sign,
  sub,
  where,
} from '../scalar/primitives.ts'
import { type Rule, rule } from './rule.ts'

const [x, y, z, w] = [argument(0), argument(1), argument(2), argument(3)]
const zero = literal(0)
const minusZero = literal(-0)
const one = literal(1)

/** Equal bit for bit, for every input, NaN and -0 included. */
export const exactRules: ReadonlyArray<Rule> = [
  rule('x · 1 = x', mul(x, one), x),
  rule('x / 1 = x', div(x, one), x),
  rule('x + (-0) = x', add(x, minusZero), x), // not x + 0: that turns -0 into 0
  rule('x - 0 = x', sub(x, zero), x),
  rule('-0 - x = -x', sub(minusZero, x), neg(x)),
  rule('-(-x) = x', neg(neg(x)), x),
  rule('x · (-1) = -x', mul(x, -1), neg(x)),
  rule('x / (-1) = -x', div(x, -1), neg(x)),
  rule('x + (-y) = x - y', add(x, neg(y)), sub(x, y)),
  rule('x - (-y) = x + y', sub(x, neg(y)), add(x, y)),
  // Signs move outward, where a sum takes them up.
  rule('x · (-y) = -(x · y)', mul(x, neg(y)), neg(mul(x, y))),
  rule('(-x) / y = -(x / y)', div(neg(x), y), neg(div(x, y))),
  rule('x / (-y) = -(x / y)', div(x, neg(y)), neg(div(x, y))),
  rule('x^1 = x', power(x, one), x),
  rule('x^0 = 1', power(x, zero), one),
  rule('|-x| = |x|', abs(neg(x)), abs(x)),
  rule('||x|| = |x|', abs(abs(x)), abs(x)),
  rule('|x|·|x| = x · x', mul(abs(x), abs(x)), mul(x, x)),
  rule('(-x)² = x²', square(neg(x)), square(x)),
  rule('|x|² = x²', square(abs(x)), square(x)),
  rule('sign(x) · |x| = x', mul(sign(x), abs(x)), x),
  rule('sign(sign(x)) = sign(x)', sign(sign(x)), sign(x)),
  rule('max(x, x) = x', maximum(x, x), x),
  rule('min(x, x) = x', minimum(x, x), x),
  rule('relu(relu(x)) = relu(x)', relu(relu(x)), relu(x)),
  rule('⌊⌊x⌋⌋ = ⌊x⌋', floor(floor(x)), floor(x)),
  rule('not(not(x)) = x', not(not(x)), x),
  rule('x and x = x', and(x, x), x),
  rule('x or x = x', or(x, x), x),
  rule('x and true = x', and(x, one), x),
  rule('x and false = false', and(x, zero), zero),
  rule('x or false = x', or(x, zero), x),
  rule('x or true = true', or(x, one), one),
  rule('not(x = y) = (x ≠ y)', not(equal(x, y)), notEqual(x, y)),
  rule('not(x ≠ y) = (x = y)', not(notEqual(x, y)), equal(x, y)),
  rule('x > y = y < x', greater(x, y), less(y, x)),
  rule('x ≥ y = y ≤ x', greaterEqual(x, y), lessEqual(y, x)),
  rule('where(c, x, x) = x', where(z, x, x), x),
  rule('where(true, x, y) = x', where(one, x, y), x),
  rule('where(false, x, y) = y', where(zero, x, y), y),
  rule('where(not c, x, y) = where(c, y, x)', where(not(z), x, y), where(z, y, x)),
  rule('where(c, where(c, x, y), z) = where(c, x, z)', where(w, where(w, x, y), z), where(w, x, z)),
  rule('where(c, x, where(c, y, z)) = where(c, x, z)', where(w, x, where(w, y, z)), where(w, x, z)),
]

/** Equal as numbers, the sign of a zero aside, where every argument is finite; used only when bounds prove it. */
export const finiteRules: ReadonlyArray<Rule> = [
  rule('x · 0 = 0', mul(x, zero), zero),
  rule('x - x = 0', sub(x, x), zero),
  rule('x + 0 = x', add(x, zero), x),
]

/** Equal for integers of 32 bits, which wrap and have one zero. */
export const integerRules: ReadonlyArray<Rule> = [
  rule('x + 0 = x', add(x, zero), x),
  rule('0 - x = -x', sub(zero, x), neg(x)),
  rule('x · 0 = 0', mul(x, zero), zero),
  rule('x - x = 0', sub(x, x), zero),
  rule('(x + y) - y = x', sub(add(x, y), y), x),
  rule('(x - y) + y = x', add(sub(x, y), y), x),
  rule('-(x - y) = y - x', neg(sub(x, y)), sub(y, x)),
]
