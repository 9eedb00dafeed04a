import { add, type Example, evaluate, jacobian, logAbsDet, neg } from '@diffeo/autodiff'
import { assemble, type Bijector } from '../bijector.ts'
import { type Real, real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { largestStretch } from './linear/bounds.ts'
import {
  contraction,
  contractionParameters,
  contractions,
  type DenseValues,
  normalised,
} from './residual/contraction.ts'
import { movedBox } from './search/movedBox.ts'
import { undone } from './search/newton.ts'

/** Options of `residual`. */
export interface ResidualOptions {
  /** Widths of the hidden layers; one of 16 when left out. */
  readonly hidden?: readonly number[]
  /** The most that the network may stretch, above 0 and below 1; 0.9 when left out. */
  readonly bound?: number
  /** Between layers: `tanh`, `softplus` or `lipSwish`, which is usual when left out. */
  readonly activation?: keyof typeof contractions
}

/** The network's layers, as they are before their norms are brought down. */
export type ResidualParams = {
  readonly layers: readonly DenseValues[]
}

/**
 * y = x + g(x) with a network g whose Lipschitz constant is at most `bound` < 1, by a bound of each weight's spectral norm
 * that is proved, not estimated. The identity at the start.
 *
 * - `x`, `y`: `[d]`. log|det J| = log det(1 + ∂g/∂x) from the full Jacobian, d passes: exact, for small d.
 * - Stretches at most 1 + bound, its inverse 1/(1 - bound), everywhere: bi-Lipschitz on all of R^d.
 * - The inverse is searched by Newton's method, with the contraction x ← z - g(x) where that does not help, to rounding.
 * @throws when a width or the bound is out of range
 *
 * @see Behrmann et al. 2019, Invertible residual networks, theorem 1 and lemma 2
 */
export const residual = (dim: number, options: ResidualOptions = {}): Bijector<Real, Real, ResidualParams> => {
  const { hidden = [16], bound = 0.9, activation = 'lipSwish' } = options
  for (const width of [dim, ...hidden])
    if (!(Number.isInteger(width) && width > 0))
      mistake(`residual: a width is a whole number, at least 1, got ${width}.`)
  if (!(bound > 0 && bound < 1)) mistake(`residual: the bound is above 0 and below 1, got ${bound}.`)
  if (!(activation in contractions))
    mistake(`residual: the activation is one of ${Object.keys(contractions).join(', ')}, got ${activation}.`)
  const map = ({ layers }: ResidualParams, x: Example): Example => add(x, contraction(layers, x, bound, activation))
  const logDet = (params: ResidualParams, x: Example): Example =>
    logAbsDet(jacobian((at: Example) => map(params, at))(x))
  /** Of the network alone. */
  const stretch = ({ layers }: ResidualParams): number =>
    normalised(layers, bound).reduce(
      (product, weight) =>
        product * largestStretch(evaluate(weight).data as Float64Array, weight.shape as readonly [number, number]),
      1,
    )
  return assemble<ResidualParams, Real, Real>({
    spec: { kind: 'residual', options: { dim, hidden, bound, activation }, parts: [] },
    domain: real(dim),
    codomain: real(dim),
    parameters: { layers: contractionParameters(dim, hidden) },
    exactness: 'numerical',
    cost: { forward: 'parallel', inverse: 'iterative' },
    forward: (params, x) => ({ value: map(params, x), logDet: logDet(params, x) }),
    inverse: (params, z) => {
      const x = undone(map, params, z, () => 1)
      return { value: x, logDet: neg(logDet(params, x)) }
    },
    lipschitz: (params, region) => {
      const s = stretch(params)
      return {
        forward: 1 + s,
        inverse: 1 / (1 - s),
        image: movedBox(region, 1, s, (c) => contraction(params.layers, c, bound, activation)),
      }
    },
    lipschitzInverse: (params, region) => {
      const s = stretch(params)
      const back = (c: Example): Example =>
        add(
          undone(map, params, c, () => 1),
          neg(c),
        )
      // x - z = -g(x), which stretches by s/(1 - s) as a function of z.
      return { forward: 1 / (1 - s), inverse: 1 + s, image: movedBox(region, 1, s / (1 - s), back) }
    },
  })
}

export const residualKind: BijectorKind = {
  kind: 'residual',
  build: (options) => {
    const { dim, ...rest } = options as unknown as { readonly dim: number } & ResidualOptions
    return residual(dim, rest)
  },
}
