import type { Lipschitz, Region } from '../bijector.ts'
import { composeBounds, isometry } from '../combinators/chain.ts'
import { type Domain, endsOf } from '../domain.ts'
import type { FlowParams } from '../flow.ts'
import type { Dataset } from '../train/dataset.ts'
import type { PlacedLayer } from './layersOfFlow.ts'

/** A layer by its place in the flow's chain and its kind. */
export interface LayerName {
  readonly place: number
  readonly kind: string
}

/** Bounds of a flow and its inverse on a box of the data, composed layer by layer. */
export interface RegionBounds {
  /** Largest stretch from data to latents, at most. */
  readonly forward: number
  /** Largest stretch from the box's image back, at most. */
  readonly inverse: number
  /** The first layer without a bound, where there is none. */
  readonly blame: { readonly forward?: LayerName; readonly inverse?: LayerName }
  /** Of each layer on the image of the box under those before it. */
  readonly layers: readonly Lipschitz[]
}

/** `known`: parameters as constants. */
export const regionBounds = (layers: readonly PlacedLayer[], known: FlowParams, box: Region): RegionBounds => {
  let whole = isometry(box)
  const each: Lipschitz[] = []
  for (const { layer, own } of layers) {
    const next = layer.lipschitz(own(known), whole.image)
    each.push(next)
    whole = composeBounds(whole, next)
  }
  const first = (side: 'forward' | 'inverse'): LayerName | undefined => {
    const at = each.findIndex((bound) => !(bound[side] < Infinity))
    return at < 0 ? undefined : { place: layers[at]!.place, kind: layers[at]!.layer.spec.kind }
  }
  const [forward, inverse] = [first('forward'), first('inverse')]
  return {
    forward: whole.forward,
    inverse: whole.inverse,
    blame: { ...(forward && { forward }), ...(inverse && { inverse }) },
    layers: each,
  }
}

/** The smallest box that holds all rows. */
export const boxOf = ({ columns, rows, data }: Dataset): Region => {
  const d = columns.length
  const [lower, upper] = [new Float64Array(d).fill(Infinity), new Float64Array(d).fill(-Infinity)]
  for (let e = 0; e < rows * d; e++) {
    const j = e % d
    lower[j] = Math.min(lower[j]!, data[e]!)
    upper[j] = Math.max(upper[j]!, data[e]!)
  }
  return { lower, upper }
}

/** The box about the same middle, `factor` times as wide, as far as the domain goes; all of the domain for Infinity. */
export const widened = ({ lower, upper }: Region, factor: number, domain: Domain): Region => {
  const [first, last] = endsOf(domain.support) ?? [-Infinity, Infinity]
  const end = (i: number, side: 1 | -1): number => {
    const [middle, half] = [lower[i]! / 2 + upper[i]! / 2, upper[i]! / 2 - lower[i]! / 2]
    const at = factor === Infinity ? side * Infinity : middle + side * factor * half
    return Math.min(Math.max(at, first), last)
  }
  return { lower: lower.map((_, i) => end(i, -1)), upper: upper.map((_, i) => end(i, 1)) }
}
