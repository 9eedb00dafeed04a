import { withSignOf } from './exponential.ts'
import type { Floats, FormatName, Vector } from './floats.ts'
import { polynomial } from './polynomial.ts'

// (atan a / a - 1) / a² in a² on [0, 1]: minimax; off by 4e-9 and 8e-18 of the value.
const BEYOND_LINEAR: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [
    -0.33333301544189453, 0.1999862641096115, -0.14265091717243195, 0.10956745594739914, -0.08417140692472458,
    0.05819515883922577, -0.03141223266720772, 0.011035813950002193, -0.0018189536640420556,
  ],
  f64: [
    -0.33333333333333093, 0.19999999999955437, -0.1428571428280234, 0.11111111013654396, -0.09090907119313854,
    0.07692281187328467, -0.06666415001145208, 0.05880592571268931, -0.05253805609972205, 0.04723293500875612,
    -0.04221718036908787, 0.03669352789881084, -0.029985564648906286, 0.022085136297126877, -0.013994969008567443,
    0.007263344138467496, -0.0029193353063658514, 0.000843482580747863, -0.00015479670477455725, 1.3489254835806405e-5,
  ],
}

/** The angle in [-π/2, π/2] whose tangent is x: that of min(|x|, 1/|x|), from π/2 where |x| > 1. */
export const atan = (v: Floats, x: Vector): Vector => {
  const size = v.abs(x)
  const a = v.div(v.atMost(size, 1), v.atLeast(size, 1))
  const z = v.mul(a, a)
  const angle = v.madd(v.mul(a, z), polynomial(v, BEYOND_LINEAR[v.format], z), a)
  return withSignOf(v, v.select(v.gt(size, 1), v.sub(Math.PI / 2, angle), angle), x)
}
