export {
  type Certificate,
  type CertificateOptions,
  certificate,
  type Predicted,
  type Spread,
  type StretchRange,
} from './certificate.ts'
export { type Advice, explainAdvice } from './certificateAdvice.ts'
export { type CertificateFinding, explainCertificateFinding } from './certificateFindings.ts'
export { type ChannelCeiling, type ChannelOptions, channelCeiling, type WeightsFrom } from './channelCeiling.ts'
export { explainUniqueness } from './explainUniqueness.ts'
export type { HeavyTail } from './heavyTails.ts'
export { type InverseStretchBound, inverseStretchBound, type Stretch } from './inverseStretchBound.ts'
export type { LayerCertificate } from './layerCertificate.ts'
export { type Ceiling, type LinearCeiling, linearCeiling } from './linearCeiling.ts'
export {
  type FittedPca,
  type PcaCurve,
  type PcaOptions,
  type PcaPoint,
  type PcaUnits,
  probabilisticPCA,
} from './probabilisticPCA.ts'
export type { LayerName, RegionBounds } from './regionBounds.ts'
export { singularValues } from './singularValues.ts'
export {
  type Agreement,
  type Extent,
  type Trained,
  type Uniqueness,
  type UniquenessFinding,
  type UniquenessOptions,
  uniqueness,
} from './uniqueness.ts'
export { explainTheorem, type UniquenessTheorem, type WhyUnique } from './whyUnique.ts'
export type { WorstRow } from './worstRows.ts'
