import type { Json } from '../bijector.ts'
import type { Estimate } from './estimate.ts'
import type { PlacedLayer } from './layersOfFlow.ts'
import type { LayerStretch } from './localStretch.ts'
import type { RegionBounds } from './regionBounds.ts'

/** One layer: what it states on the data's box, and what it does to the rows. */
export interface LayerCertificate {
  /** In the flow's chain, from 0. */
  readonly place: number
  readonly kind: string
  readonly bound: { readonly forward: number; readonly inverse: number }
  /** Whether the bounds are within a factor of two of what was measured. */
  readonly tight: { readonly forward: boolean; readonly inverse: boolean }
  readonly measured: { readonly forward: number; readonly inverse: number }
  /** log|det|: above 0 where it expands, below where it contracts; and the mean logarithms of the outermost singular values. */
  readonly logDet: Estimate
  readonly logLargest: Estimate
  readonly logSmallest: Estimate
  /** The largest coordinate that the rows have where they enter the layer. */
  readonly reach: number
  /** Half the width of the box that a spline acts in. */
  readonly tails?: number
  /** Log-scales of an affine transform stay within it. */
  readonly logScaleBound?: number
}

/** Bounds at most this many times what is measured are tight. */
const TIGHT = 2

export const layerCertificate = (
  { place, layer: { spec } }: PlacedLayer,
  { forward, inverse }: RegionBounds['layers'][number],
  { largest, smallest, logDet, logLargest, logSmallest, reach }: LayerStretch,
): LayerCertificate => {
  const measured = { forward: largest, inverse: 1 / smallest }
  const { tails, bound } = transformIn(spec.options)
  return {
    place,
    kind: spec.kind,
    bound: { forward, inverse },
    measured,
    tight: { forward: forward <= TIGHT * measured.forward, inverse: inverse <= TIGHT * measured.inverse },
    logDet,
    logLargest,
    logSmallest,
    reach: reach.reduce((most, x) => Math.max(most, x), 0),
    ...(tails !== undefined && { tails }),
    ...(bound !== undefined && { logScaleBound: bound }),
  }
}

/** What a layer's transform says of its own limits, where it has a transform that does. */
const transformIn = (options: Json): { readonly tails?: number; readonly bound?: number } => {
  const transform = optionsOf(options)?.transform
  const inner = optionsOf(optionsOf(transform ?? null)?.options ?? null)
  const { tails, bound } = inner ?? {}
  return {
    ...(typeof tails === 'number' && { tails }),
    ...(typeof bound === 'number' && { bound }),
  }
}

const optionsOf = (json: Json): { readonly [k: string]: Json } | undefined =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as { readonly [k: string]: Json })
    : undefined
