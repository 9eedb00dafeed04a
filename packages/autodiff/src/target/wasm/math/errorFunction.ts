import { exp, withSignOf } from './exponential.ts'
import type { Floats, Vector } from './floats.ts'
import { polynomial, quotient } from './polynomial.ts'

/** erf x: in 32 bits one rational function does for all x, in 64 bits another serves away from 0. */
export const erf = (v: Floats, x: Vector): Vector => (v.format === 'f32' ? narrow(v, x) : wide(v, x))

// erf(x)/x in x² for |x| <= 4, where erf is 1 in 32 bits: rational, minimax; off by 2.5e-8 of its value.
const NARROW_ABOVE = [
  1.1283791065216064, 0.19354405999183655, 0.05310161039233208, 0.0038832961581647396, 0.00028456392465159297,
  1.986780489460216e-6,
]
const NARROW_BELOW = [
  1, 0.504856526851654, 0.11534958332777023, 0.015207161195576191, 0.001185557572171092, 3.742004628293216e-5,
]

const narrow = (v: Floats, x: Vector): Vector => {
  const held = v.atLeast(v.atMost(x, 4), -4)
  const z = v.mul(held, held)
  const value = v.mul(held, quotient(v, NARROW_ABOVE, NARROW_BELOW, z))
  // Rounding may pass 1, where the inverse has no value.
  return v.atLeast(v.atMost(value, 1), -1)
}

// erf(x)/x in x² on [0, 1]: minimax; off by 3.4e-17 of its value.
const NEAR = [
  1.1283791670955126, -0.3761263890318375, 0.11283791670954857, -0.026866170645072896, 0.00522397762478087,
  -0.0008548326978742346, 0.0001205533103690354, -1.4925593506956103e-5, 1.6460972817658876e-6, -1.635002522533538e-7,
  1.465787983636041e-8, -1.1365665859163723e-9, 5.945261459424723e-11,
]
// e^(x²) erfc(x) in x on [1, 6]: rational, minimax; off by 1.6e-19 of erf.
const MIDDLE_ABOVE = [
  0.9999999621560367, 1.331830614373222, 0.8807443613126462, 0.33430070195565786, 0.07248164379995947,
  0.007277986142296579, 1.3078614223572525e-8,
]
const MIDDLE_BELOW = [
  1, 2.4602093653566133, 2.6567955398235097, 1.6242095449463492, 0.599127230751184, 0.12845683171184735,
  0.01290070379228907,
]
/** Beyond this erf is 1 in 64 bits. */
const SATURATED = 6

const wide = (v: Floats, x: Vector): Vector => {
  const size = v.atMost(v.abs(x), SATURATED)
  const z = v.mul(size, size)
  const near = v.mul(size, polynomial(v, NEAR, z))
  const far = v.nmadd(exp(v, v.neg(z)), quotient(v, MIDDLE_ABOVE, MIDDLE_BELOW, size), 1)
  return withSignOf(v, v.select(v.lt(size, 1), near, far), x)
}
