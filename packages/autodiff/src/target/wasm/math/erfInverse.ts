import { func } from '../assembler/index.ts'
import { withSignOf } from './exponential.ts'
import type { Floats, Vector } from './floats.ts'
import { log } from './logarithm.ts'
import { polynomial, quotient } from './polynomial.ts'

/** The x with erf x = p, as a function of the module: ±∞ at ±1, NaN beyond. */
export const erfInverse = (v: Floats) =>
  func('erfInverse', { p: 'v128' }, 'v128', ({ p }) => {
    const value = v.format === 'f32' ? narrow(v, p) : wide(v, p)
    // At ±1 the logarithm is infinite; what the polynomials make of that does not matter.
    return v.select(v.eq(v.abs(p), 1), v.mul(p, Infinity), value)
  })

// erfInverse(p)/p in w - 5/2 for w = -log(1 - p²) <= 5, and in √w - 3 beyond, to the last number below 1: minimax; off by
// 1e-7 of its value each.
const NEAR = [
  1.5014094114303589, 0.24664072692394257, -0.004177707713097334, -0.001253707567229867, 0.00021860221750102937,
  -4.396782969706692e-6, -3.5288639992359094e-6, 3.437272084738652e-7, 2.853513869638391e-8,
]
const FAR = [
  2.832977056503296, 1.0016740560531616, 0.00943303294479847, -0.007624289020895958, 0.005776191130280495,
  -0.0036633426789194345, 0.0012772020418196917, 9.02876490727067e-5, -0.00015631823043804616,
]

/** @see Giles 2010, Approximating the erfinv function, for the variables and the division */
const narrow = (v: Floats, p: Vector): Vector => {
  const w = v.neg(log(v, v.mul(v.sub(1, p), v.add(p, 1))))
  const near = polynomial(v, NEAR, v.sub(w, 2.5))
  const far = polynomial(v, FAR, v.sub(v.sqrt(w), 3))
  return v.mul(p, v.select(v.lt(w, 5), near, far))
}

// In 64 bits by three rational functions, minimax. erfInverse(p)/p in 1/2 - p² on [0, 1/2]: off by 2.2e-19 of its value.
const CENTRE_ABOVE = [
  1.051795860165225, 5.743852464394182, 11.71082795139455, 11.011263469267963, 4.751542978471443, 0.7977440302190075,
  0.02888116387986706, -0.00031512804731401064,
]
const CENTRE_BELOW = [
  1, 5.9259965881021275, 13.40006397624139, 14.44894463521403, 7.565512576160089, 1.7269130529735794,
  0.12221921215295906,
]
// erfInverse(1 - q) in r - 35/32, where r = √(-log q) in [35/32, 5/2]: off by 3.4e-18.
const TAIL_START = 1.09375
const TAIL_ABOVE = [
  0.7293691896662334, 2.7343211780353904, 4.23035117125653, 3.45065265688475, 1.544823456284132, 0.3457035534131172,
  0.0261431745695374, -0.000567931324725639,
]
const TAIL_BELOW = [
  1, 2.381031486413212, 2.41855088127438, 1.2509072331191977, 0.31662156134513525, 0.026693955096665913,
  -0.0005648651373270497, -9.038419513957523e-8,
]
// The same in r - 5/2 up to the last number below 1: off by 1e-21.
const OUTER_START = 2.5
const OUTER_ABOVE = [
  2.192545921811913, 4.622265714147399, 4.125837905065349, 2.0171116440810493, 0.5826613965416995, 0.09979826833235034,
  0.009610180215030012, 0.00045587551090060373, 7.678423953143232e-6,
]
const OUTER_BELOW = [
  1, 1.6306532288630662, 1.1052081456873843, 0.3963490909985961, 0.07928138831678323, 0.008538976358388616,
  0.00043672431216420815, 7.678137292521847e-6, 1.50690270230983e-12,
]

/** @see Wichura 1988, Algorithm AS 241, for the variables and the division into three ranges */
const wide = (v: Floats, p: Vector): Vector => {
  const size = v.abs(p)
  const u = v.nmadd(p, p, 0.5)
  const centre = v.mul(p, quotient(v, CENTRE_ABOVE, CENTRE_BELOW, u))
  const r = v.sqrt(v.neg(log(v, v.sub(1, size))))
  const tail = quotient(v, TAIL_ABOVE, TAIL_BELOW, v.sub(r, TAIL_START))
  const outer = quotient(v, OUTER_ABOVE, OUTER_BELOW, v.sub(r, OUTER_START))
  return v.select(v.ge(u, 0), centre, withSignOf(v, v.select(v.lt(r, OUTER_START), tail, outer), p))
}
