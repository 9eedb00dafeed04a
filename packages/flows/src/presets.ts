import type { Bijector } from './bijector.ts'
import { affineTransform, boundForDepth } from './bijectors/affineTransform.ts'
import { luLinear } from './bijectors/lu.ts'
import { rationalQuadraticSpline } from './bijectors/rationalQuadraticSpline.ts'
import { type StandardMoments, standardise } from './bijectors/standardise.ts'
import { autoregressive } from './combinators/autoregressive.ts'
import { chain } from './combinators/chain.ts'
import { alternating } from './combinators/coupling/mask.ts'
import { coupling } from './combinators/coupling.ts'
import { invert } from './combinators/invert.ts'
import { maskedMlp } from './conditioners/maskedMlp.ts'
import { type MlpOptions, mlp } from './conditioners/mlp.ts'
import { standardNormal } from './distributions/standardNormal.ts'
import type { Real } from './domain.ts'
import { type Flow, over } from './flow.ts'
import { mistake } from './mistake.ts'
import type { Transform } from './transform.ts'

/** What all ready-made flows take. Their base is a standard normal. */
export interface PresetOptions {
  /** Number of columns. */
  readonly dim: number
  readonly layers?: number
  /** Widths of the conditioners' hidden layers, [64, 64] when left out. */
  readonly hidden?: readonly number[]
  readonly activation?: NonNullable<MlpOptions['activation']>
  /** Length of the context vector, 0 when left out. */
  readonly context?: number
  /**
   * First of all: units of the data's own standard deviations. With moments, those; `true`, the default, takes them from
   * the first rows that a training shows; `false` leaves the data as they are.
   */
  readonly standardise?: StandardMoments | boolean
  /** A dense linear map by LU before every layer, each with another fixed permutation. None when left out. */
  readonly mixing?: boolean
}

/** What ready-made flows of affine layers take. */
export interface AffinePresetOptions extends PresetOptions {
  /** Each layer's log-scales stay within ±bound; by depth when left out, so that all layers together stay below e^24. */
  readonly bound?: number
}

/** What `maf` and `iaf` take. */
export interface AutoregressivePresetOptions extends AffinePresetOptions {
  /** In how many steps a layer is inverted; one for each column when left out. */
  readonly passes?: number
}

/** What `neuralSplineFlow` takes. */
export interface SplinePresetOptions extends PresetOptions {
  /** Which coordinates condition which: half on half in turn (`coupling`, the default), or each on all before it. */
  readonly structure?: 'coupling' | 'autoregressive'
  /** 16 when left out. */
  readonly bins?: number
  /** Half the width of the splines' box, 12 when left out; it must hold the standardised training rows. */
  readonly tails?: number
  /** For `autoregressive`: in how many steps a layer is inverted. */
  readonly passes?: number
}

/**
 * Affine couplings that move the even and the odd columns in turn: 8 when left out. Fast both ways.
 * @throws for one column, which a coupling cannot split; use `maf`
 * @see Dinh et al. 2017, Density estimation using Real NVP
 * @example
 * fit(realNVP({ dim: 8 }), table)
 */
export const realNVP = (options: AffinePresetOptions): Flow<Real, Real> =>
  preset(options, 8, (i, layers) => couplingLayer(options, affineOf(options, layers), i))

/**
 * Affine autoregressive layers in alternating order: 5 when left out. Densities take one pass, samples one short step a
 * column. Works for one column too.
 * @see Papamakarios et al. 2017, Masked autoregressive flow for density estimation
 */
export const maf = (options: AutoregressivePresetOptions): Flow<Real, Real> =>
  preset(options, 5, (i, layers) => autoregressiveLayer(options, affineOf(options, layers), i))

/**
 * The layers of `maf` run backwards: samples take one pass, densities of given points one short step a column.
 * @see Kingma et al. 2016, Improved variational inference with inverse autoregressive flow
 */
export const iaf = (options: AutoregressivePresetOptions): Flow<Real, Real> =>
  preset(options, 5, (i, layers) => invert(autoregressiveLayer(options, affineOf(options, layers), i)))

/**
 * Rational-quadratic splines in couplings (8 layers when left out) or in autoregressive layers (5).
 * @see Durkan et al. 2019, Neural Spline Flows
 * @example
 * neuralSplineFlow({ dim: 8, layers: 3, hidden: [32, 32], bins: 8, tails: 12 })
 */
export const neuralSplineFlow = (options: SplinePresetOptions): Flow<Real, Real> => {
  const { structure = 'coupling', bins = 16, tails = 12 } = options
  const transform = rationalQuadraticSpline({ bins, tails })
  return structure === 'coupling'
    ? preset(options, 8, (i) => couplingLayer(options, transform, i))
    : preset(options, 5, (i) => autoregressiveLayer(options, transform, i))
}

type Layer = Bijector<Real, Real>

const preset = (
  options: PresetOptions,
  usualLayers: number,
  layer: (i: number, layers: number) => Layer,
): Flow<Real, Real> => {
  const { dim, layers = usualLayers, mixing = false } = options
  if (!(Number.isInteger(layers) && layers > 0))
    mistake(`presets: the number of layers is a positive whole number, got ${layers}.`)
  const first = firstLayers(dim, options.standardise ?? true)
  const rest = Array.from({ length: layers }, (_, i) => [
    ...(mixing ? [luLinear(dim, { seed: i }) as unknown as Layer] : []),
    layer(i, layers),
  ])
  return over(standardNormal(dim))(chain([...first, ...rest.flat()])) as Flow<Real, Real>
}

const firstLayers = (dim: number, wanted: StandardMoments | boolean): readonly Layer[] =>
  wanted === false ? [] : [standardise(dim, wanted === true ? undefined : wanted) as unknown as Layer]

const affineOf = ({ bound }: AffinePresetOptions, layers: number): Transform<'real'> =>
  affineTransform({ bound: bound ?? boundForDepth(layers) })

const networkOptions = ({ activation, context }: PresetOptions): MlpOptions => ({
  ...(activation && { activation }),
  ...(context && { context }),
})

const USUAL_HIDDEN = [64, 64]

const couplingLayer = (options: PresetOptions, transform: Transform<'real'>, i: number): Layer =>
  coupling({
    mask: alternating(options.dim, i),
    transform,
    conditioner: mlp(options.hidden ?? USUAL_HIDDEN, networkOptions(options)),
  }) as unknown as Layer

const autoregressiveLayer = (
  options: PresetOptions & { readonly passes?: number },
  transform: Transform<'real'>,
  i: number,
): Layer =>
  autoregressive({
    dim: options.dim,
    transform,
    conditioner: maskedMlp(options.hidden ?? USUAL_HIDDEN, networkOptions(options)),
    order: i % 2 === 0 ? 'natural' : 'reversed',
    ...(options.passes && { passes: options.passes }),
  }) as unknown as Layer
