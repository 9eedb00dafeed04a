import { func, type Local, local, repeatWhile, type Statement, sequence, set, when } from '../assembler/index.ts'
import type { Floats, FormatName, Vector } from './floats.ts'
import { log } from './logarithm.ts'
import { polynomial, quotient } from './polynomial.ts'
import { sin } from './trigonometric.ts'

/** From here on the asymptotic series serve. */
const ASYMPTOTIC: Readonly<Record<'logGamma' | 'digamma', Readonly<Record<FormatName, number>>>> = {
  logGamma: { f32: 2.5, f64: 10 },
  digamma: { f32: 3, f64: 10 },
}

// logΓ(1 + u) / (u (u - 1)) on [0, 3/2], rational, minimax: off by 7e-9 and 8e-19 of its value. The factors keep the
// zeros at 1 and 2 exact.
const NEAR: Readonly<Record<FormatName, readonly [above: readonly number[], below: readonly number[]]>> = {
  f32: [
    [0.5772156715393066, 0.6020165681838989, 0.13030046224594116, 0.001940799062140286],
    [1, 1.4678527116775513, 0.5801397562026978, 0.05399930477142334],
  ],
  f64: [
    [
      0.5772156649015329, 1.6401092030186728, 1.7696017838318354, 0.9052458208263011, 0.2235020924734527,
      0.024013144495558764, 0.000825051763872406, 2.0249360154536757e-6,
    ],
    [
      1, 3.2663018108887885, 4.184280943775447, 2.666070691845232, 0.885012872417872, 0.14640668798256432,
      0.010425582325973074, 0.00021771005654455276,
    ],
  ],
}

// x times what Stirling's formula leaves, in 1/x²: minimax from 5/2 on (off by 1e-8), B₂ₖ / (2k (2k - 1)) from 10 on.
const STIRLING: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [0.08333314955234528, -0.002768123522400856, 0.0006623996887356043],
  f64: [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400],
}
type Variable = Local<'v128'>

const HALF_LOG_TWO_PI = 0.9189385332046728

// (log y - 1/(2y) - ψ(y)) y² in 1/y²: minimax from 3 on (off by 4e-9), B₂ₖ / 2k from 10 on.
const DIGAMMA: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [0.0833326056599617, -0.008291668258607388, 0.0032649266067892313],
  f64: [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160],
}
// (ψ′(y) - 1/y - 1/(2y²)) y³ in 1/y²: minimax from 3 on (off by 3e-8), B₂ₖ from 10 on.
const TRIGAMMA: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [0.16666129231452942, -0.0330224335193634, 0.018461929634213448],
  f64: [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798],
}

/**
 * log|Γ(x)| as a function of the module. With x in [0, 1) through Γ(1 + x)/x, up to where Stirling's series serves
 * through products of u = x - 1, x - 2, …, below 0 by reflection.
 *
 * @see DLMF 5.5.1, 5.5.3, 5.11.1
 */
export const logGamma = (v: Floats) =>
  func('logGamma', { x: 'v128' }, 'v128', ({ x }) => {
    const [size, value] = [local('v128', 'size'), local('v128', 'value')]
    const positive = [set(size, v.abs(x)), ...logGammaOfPositive(v, size, value)]
    const sine = v.mul(size, v.abs(sin(v, v.mul(fromNearestInteger(v, x), Math.PI))))
    const reflected = v.sub(log(v, v.div(Math.PI, sine)), value)
    return sequence([...positive, whereNegative(v, x, value, reflected)], value)
  })

const logGammaOfPositive = (v: Floats, x: Vector, to: Variable): readonly Statement[] => {
  const from = ASYMPTOTIC.logGamma[v.format]
  const [u, product] = [local('v128', 'u'), local('v128', 'product')]
  const below1 = v.lt(x, 1)
  const start = [set(u, v.sub(x, v.and(v.ge(x, 1), v.constant(1)))), set(product, v.constant(1))]
  const large = v.and(v.gt(u, 1.5), v.lt(x, from))
  const steps = repeatWhile(v.anyTrue(large), [
    set(product, v.select(large, v.mul(product, u), product)),
    set(u, v.sub(u, v.and(v.gt(u, 1.5), v.constant(1)))),
  ])
  const [above, below] = NEAR[v.format]
  const near = v.mul(v.mul(u, v.sub(u, 1)), quotient(v, above, below, u))
  const middle = v.and(v.ge(x, 1), v.lt(x, from))
  const logarithm = log(v, v.select(middle, product, x))
  const inverse = v.div(1, x)
  const rest = v.mul(polynomial(v, STIRLING[v.format], v.mul(inverse, inverse)), inverse)
  const far = v.madd(v.sub(x, 0.5), v.sub(logarithm, 1), v.add(rest, HALF_LOG_TWO_PI - 0.5))
  const small = v.select(below1, v.sub(near, logarithm), v.add(near, logarithm))
  // Where the series starts at once there is nothing to step over.
  return [...start, ...(from > 2.5 ? [steps] : []), set(to, v.select(v.lt(x, from), small, far))]
}

/**
 * ψ(x), the derivative of log|Γ(x)|, as a function of the module: stepping up to where the asymptotic series serves.
 *
 * @see DLMF 5.5.2, 5.5.4, 5.11.2
 */
export const digamma = (v: Floats) =>
  func('digamma', { x: 'v128' }, 'v128', ({ x }) => {
    const [y, sum, value] = [local('v128', 'y'), local('v128', 'sum'), local('v128', 'value')]
    const steps = steppedUp(v, y, sum, (inverse) => inverse)
    const inverse = v.div(1, y)
    const w = v.mul(inverse, inverse)
    const tail = v.madd(inverse, 0.5, v.mul(w, polynomial(v, DIGAMMA[v.format], w)))
    const positive = v.sub(v.sub(log(v, y), tail), sum)
    const distance = fromNearestInteger(v, x)
    const angle = v.mul(distance, Math.PI)
    const cotangent = v.div(sin(v, v.sub(Math.PI / 2, v.abs(angle))), sin(v, angle))
    // NaN at the poles, where the limits from the two sides differ.
    const reflected = v.or(v.nmadd(cotangent, Math.PI, value), v.eq(distance, 0))
    return sequence([set(y, mirrored(v, x)), steps, set(value, positive), whereNegative(v, x, value, reflected)], value)
  })

/**
 * ψ′(x) as a function of the module, in the same way.
 *
 * @see DLMF 5.15.5, 5.15.6, 5.15.8
 */
export const trigamma = (v: Floats) =>
  func('trigamma', { x: 'v128' }, 'v128', ({ x }) => {
    const [y, sum, value] = [local('v128', 'y'), local('v128', 'sum'), local('v128', 'value')]
    const steps = steppedUp(v, y, sum, (inverse) => v.mul(inverse, inverse))
    const inverse = v.div(1, y)
    const w = v.mul(inverse, inverse)
    const series = v.madd(inverse, v.madd(w, polynomial(v, TRIGAMMA[v.format], w), 1), v.mul(w, 0.5))
    const cosecant = v.div(Math.PI, sin(v, v.mul(fromNearestInteger(v, x), Math.PI)))
    return sequence(
      [
        set(y, mirrored(v, x)),
        steps,
        set(value, v.add(sum, series)),
        whereNegative(v, x, value, v.sub(v.mul(cosecant, cosecant), value)),
      ],
      value,
    )
  })

/** y up to where the series serve, in steps of 1; `sum` of what each step adds, by 1/y. */
const steppedUp = (v: Floats, y: Variable, sum: Variable, term: (inverse: Vector) => Vector): Statement => {
  const small = v.lt(y, ASYMPTOTIC.digamma[v.format])
  return repeatWhile(v.anyTrue(small), [
    set(sum, v.add(sum, v.and(small, term(v.div(1, y))))),
    set(y, v.add(y, v.and(small, v.constant(1)))),
  ])
}

/** x, or 1 - x where x is negative: where the reflected function is taken. */
const mirrored = (v: Floats, x: Vector): Vector => v.select(v.lt(x, 0), v.sub(1, x), x)

const whereNegative = (v: Floats, x: Vector, value: Variable, reflected: Vector): Statement => {
  const negative = v.lt(x, 0)
  return when(v.anyTrue(negative), set(value, v.select(negative, reflected, value)))
}

/** x less the nearest integer, exact; NaN of an infinity. */
const fromNearestInteger = (v: Floats, x: Vector): Vector => v.sub(x, v.nearest(x))
