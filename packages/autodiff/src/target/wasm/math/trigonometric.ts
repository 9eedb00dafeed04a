import type { Floats, FormatName, Vector } from './floats.ts'
import { polynomial } from './polynomial.ts'
import { nearestProduct } from './power2.ts'

/**
 * π/2 in parts, all but the last so short that their products with any number of quarter turns up to 10^4 are exact
 * (Cody & Waite 1980).
 */
const HALF_PI: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8],
  f64: [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21],
}

// (sin r / r - 1) / r² and (cos r - 1 + r²/2) / r⁴ in r², |r| <= 1.02 π/4: minimax; off by 4e-9 and 1.3e-17 of the value.
const SINE: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [-0.16666653752326965, 0.00833209604024887, -0.00019505627278704196],
  f64: [
    -0.16666666666666624, 0.00833333333332004, -0.0001984126982785524, 2.755731299955509e-6, -2.5050647775470155e-8,
    1.5890307443670896e-10,
  ],
}
const COSINE: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [0.04166664555668831, -0.0013887288514524698, 2.4428207325399853e-5],
  f64: [
    0.04166666666666658, -0.0013888888888870913, 2.4801587287419825e-5, -2.7557313742542285e-7, 2.0875638787441894e-9,
    -1.1355204049238109e-11,
  ],
}

/** The sine and cosine of a remainder, and the number of quarter turns that was taken off, in the lowest bits. */
const quartered = (v: Floats, x: Vector) => {
  const { n, shifted } = nearestProduct(v, x, 2 / Math.PI)
  const remainder = HALF_PI[v.format].reduce<Vector>((r, part) => v.nmadd(n, part, r), x)
  // Far out, where the parts no longer suffice, at least a value in [-1, 1].
  const r = v.atLeast(v.atMost(remainder, 0.8), -0.8)
  const z = v.mul(r, r)
  const sine = v.mul(r, v.madd(z, polynomial(v, SINE[v.format], z), 1))
  const cosine = v.madd(v.mul(z, z), polynomial(v, COSINE[v.format], z), v.nmadd(z, 0.5, 1))
  return { sine, cosine, shifted }
}

/** The sine after that many quarter turns. */
const turned = (v: Floats, sine: Vector, cosine: Vector, quarters: Vector): Vector => {
  const odd = v.bits.eq(v.and(quarters, v.bits.constant(1n)), v.bits.constant(1n))
  const sign = v.and(v.bits.shl(quarters, v.layout.width - 2), v.constant(-0))
  return v.xor(v.select(odd, cosine, sine), sign)
}

/** Off by 1e-7 at most in 32 bits for |x| <= 10^4; NaN at the infinities. */
export const sin = (v: Floats, x: Vector): Vector => {
  const { sine, cosine, shifted } = quartered(v, x)
  return turned(v, sine, cosine, shifted)
}

/** A quarter turn ahead of the sine. */
export const cos = (v: Floats, x: Vector): Vector => {
  const { sine, cosine, shifted } = quartered(v, x)
  return turned(v, sine, cosine, v.bits.add(shifted, v.bits.constant(1n)))
}
