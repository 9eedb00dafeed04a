export { type ChannelCeiling, type ChannelOptions, channelCeiling, type WeightsFrom } from './channelCeiling.ts'
export { type Ceiling, type LinearCeiling, linearCeiling } from './linearCeiling.ts'
export {
  type FittedPca,
  type PcaCurve,
  type PcaOptions,
  type PcaPoint,
  type PcaUnits,
  probabilisticPCA,
} from './probabilisticPCA.ts'
