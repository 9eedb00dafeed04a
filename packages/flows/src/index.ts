export { pipe } from 'fp-ts/lib/function.js'
export {
  assemble,
  type Bijector,
  type Cost,
  type Costs,
  type Definition,
  define,
  type Exactness,
  type Given,
  type Json,
  type Lipschitz,
  type Meaning,
  type Region,
  type Spec,
  unbounded,
  type WithLogDet,
} from './bijector.ts'
export { type ActNormOptions, type ActNormParams, actNorm } from './bijectors/actNorm.ts'
export { affine } from './bijectors/affine.ts'
export { type AffineTransformOptions, affineTransform, boundForDepth } from './bijectors/affineTransform.ts'
export { type CholeskyLinearParams, choleskyLinear } from './bijectors/cholesky.ts'
export { type DenseLinearParams, denseLinear } from './bijectors/dense.ts'
export {
  type DynamicLinearCouplingOptions,
  type DynamicLinearCouplingParams,
  dynamicLinearCoupling,
} from './bijectors/dynamicLinearCoupling.ts'
export {
  type DerivedBijection,
  derivedBijection,
  elementwise,
  type ScalarBijection,
} from './bijectors/elementwise.ts'
export { exp } from './bijectors/exp.ts'
export {
  type GradientOfConvexOptions,
  type GradientOfConvexParams,
  gradientOfConvex,
} from './bijectors/gradientOfConvex.ts'
export { type HouseholderParams, householder } from './bijectors/householder.ts'
export { leakyTanh } from './bijectors/leakyTanh.ts'
export { lowRankWhitening } from './bijectors/lowRankWhitening.ts'
export { type LuLinearOptions, type LuLinearParams, luLinear } from './bijectors/lu.ts'
export { type MatrixExponentialParams, matrixExponential } from './bijectors/matrixExponential.ts'
export { power } from './bijectors/power.ts'
export { type QrLinearParams, qrLinear } from './bijectors/qr.ts'
export { type RationalQuadraticSplineOptions, rationalQuadraticSpline } from './bijectors/rationalQuadraticSpline.ts'
export { spectralNormBound } from './bijectors/residual/spectralNormBound.ts'
export { type ResidualOptions, type ResidualParams, residual } from './bijectors/residual.ts'
export { scale } from './bijectors/scale.ts'
export { shift } from './bijectors/shift.ts'
export { sigmoid } from './bijectors/sigmoid.ts'
export { softclip } from './bijectors/softclip.ts'
export { softplus } from './bijectors/softplus.ts'
export { type StandardiseParams, type StandardMoments, standardise } from './bijectors/standardise.ts'
export { type SvdLinearParams, svdLinear } from './bijectors/svd.ts'
export { tanh } from './bijectors/tanh.ts'
export { builtInKinds } from './catalogue.ts'
export { andThen } from './combinators/andThen.ts'
export type { OrderOption } from './combinators/autoregressive/order.ts'
export {
  type AutoregressiveOptions,
  type AutoregressiveParams,
  autoregressive,
} from './combinators/autoregressive.ts'
export { Category } from './combinators/category.ts'
export { type Chain, chain, layersOf } from './combinators/chain.ts'
export { concat, type Joined } from './combinators/concat.ts'
export { type ConditionalParams, conditional } from './combinators/conditional.ts'
export { alternating, half, indices, type Mask } from './combinators/coupling/mask.ts'
export { type CouplingOptions, type CouplingParams, coupling } from './combinators/coupling.ts'
export { identity } from './combinators/identity.ts'
export { invert } from './combinators/invert.ts'
export { getMonoid } from './combinators/monoid.ts'
export { permute, reverse } from './combinators/permute.ts'
export { repeat } from './combinators/repeat.ts'
export { reshape } from './combinators/reshape.ts'
export { type SandwichParams, sandwich } from './combinators/sandwich.ts'
export { stack } from './combinators/stack.ts'
export { type UnconditionedParams, unconditioned } from './combinators/unconditioned.ts'
export { unify } from './combinators/unify.ts'
export type { Conditioner, Network } from './conditioner.ts'
export type { MaskedConditioner, MaskedNetwork } from './conditioners/masked.ts'
export { type MaskedMlpOptions, maskedMlp } from './conditioners/maskedMlp.ts'
export { type MlpOptions, mlp } from './conditioners/mlp.ts'
export {
  assembleDistribution,
  type Distribution,
  type DistributionDefinition,
  defineDistribution,
  type WithLogProb,
} from './distribution.ts'
export { type DiagonalNormalParams, diagonalNormal } from './distributions/diagonalNormal.ts'
export { type DistributionKind, distributionKind } from './distributions/kinds.ts'
export { type LogisticParams, logistic } from './distributions/logistic.ts'
export { type MixtureParams, mixture } from './distributions/mixture.ts'
export { type MultivariateNormalParams, multivariateNormal } from './distributions/multivariateNormal.ts'
export { type ProbabilisticPCAParams, probabilisticPCA } from './distributions/probabilisticPCA.ts'
export { standardNormal } from './distributions/standardNormal.ts'
export { type StudentTParams, studentT } from './distributions/studentT.ts'
export { uniform } from './distributions/uniform.ts'
export {
  type Circle,
  circle,
  type Domain,
  openInterval,
  ordered,
  type Positive,
  type Product,
  positive,
  positiveDefinite,
  type Real,
  real,
  type Simplex,
  sameDomain,
  showDomain,
  simplex,
  sphere,
  type Unchecked,
  type UnitInterval,
  unitInterval,
} from './domain.ts'
export { explainFlowError, type FlowError } from './error.ts'
export { type Flow, type FlowParams, over } from './flow.ts'
export { type Initial, initialValues } from './initial.ts'
export type { BijectorKind, ConditionerKind, Kinds, Rebuilding, TransformKind } from './kinds.ts'
export {
  countParameters,
  type Declared,
  type DeclaredLeaf,
  flattenDeclared,
  joinPartition,
  leavesOf,
  mapDeclared,
  type Parameter,
  type ParameterTree,
  type Partition,
  parameter,
  partition,
  type Role,
  type Values,
} from './parameters.ts'
export {
  type AffinePresetOptions,
  type AutoregressivePresetOptions,
  iaf,
  maf,
  neuralSplineFlow,
  type PresetOptions,
  realNVP,
  type SplinePresetOptions,
} from './presets.ts'
export { rebuild } from './rebuild.ts'
export { builtInFlowKinds, type FlowKinds, rebuildDistribution, rebuildFlow } from './rebuildFlow.ts'
export { type ScalarOptions, scalar } from './scalar/scalar.ts'
export { type DiagnoseOptions, type Diagnostics, diagnose, type RoundTrip, type Volume } from './theory/diagnostics.ts'
export { explainTheory, type TheoryError } from './theory/error.ts'
export { type Estimate, estimate, estimates } from './theory/estimate.ts'
export { type FittedGaussian, type FittedGaussians, fitGaussians } from './theory/gaussian.ts'
export * as theory from './theory/index.ts'
export { type Ranking, ranking } from './theory/ranking.ts'
export { type Spectrum, spectrum } from './theory/spectrum.ts'
export type { Arrays } from './train/arrays.ts'
export type { Best, Checkpoint, EpochRecord } from './train/checkpoint.ts'
export type { Dataset } from './train/dataset.ts'
export { type Drawn, type DrawOptions, draw } from './train/draw.ts'
export { explainFit, type FitError, type Found } from './train/error.ts'
export type { FitEvent } from './train/event.ts'
export { fit, fitOrThrow } from './train/fit.ts'
export type { FitOptions } from './train/options.ts'
export type { Outcome } from './train/outcome.ts'
export type { StretchPenalty } from './train/penalty.ts'
export { logDensities, overRows, type ScoreOptions } from './train/score.ts'
export type { WatchOptions } from './train/watch.ts'
export { rawParameters, type Transform, type TransformBounds, type Transformed } from './transform.ts'
