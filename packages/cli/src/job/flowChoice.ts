import type { PresetOptions } from '@diffeo/flows'
import { counted } from '../text/number.ts'

/** The flows that can be asked for by name. */
export const FLOW_NAMES = ['nsf', 'maf', 'realnvp'] as const
export type FlowName = (typeof FLOW_NAMES)[number]

/** A flow as the command line describes it. */
export interface FlowChoice {
  readonly kind: FlowName
  readonly layers: number
  readonly hidden: readonly number[]
  /** Between the hidden layers; the library's usual one when left out. */
  readonly activation?: NonNullable<PresetOptions['activation']>
  /** A dense linear map before every layer. */
  readonly mixing?: boolean
  /** Pieces of each spline, and where it ends, in standard deviations: of `nsf` only. */
  readonly spline?: { readonly bins: number; readonly tails: number }
}

/** What each is when nothing else is said: sizes that a table of some columns trains in minutes. */
export const USUAL: Readonly<Record<FlowName, FlowChoice>> = {
  nsf: { kind: 'nsf', layers: 3, hidden: [32, 32], spline: { bins: 8, tails: 12 } },
  maf: { kind: 'maf', layers: 5, hidden: [64, 64] },
  realnvp: { kind: 'realnvp', layers: 8, hidden: [64, 64] },
}

const words: Readonly<Record<FlowName, string>> = {
  nsf: 'neural spline flow',
  maf: 'masked autoregressive flow',
  realnvp: 'RealNVP',
}

/** `neural spline flow, 3 layers of [32, 32] with silu and linear mixing, 8 bins to ±12`. */
export const showFlow = ({ kind, layers, hidden, activation, mixing, spline }: FlowChoice): string => {
  const more = [activation, mixing && 'linear mixing'].filter(Boolean).join(' and ')
  const ending = spline === undefined ? '' : `, ${spline.bins} bins to ±${spline.tails}`
  return `${words[kind]}, ${counted(layers, 'layer')} of [${hidden.join(', ')}]${more && ` with ${more}`}${ending}`
}
