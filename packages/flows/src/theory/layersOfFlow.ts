import type { Bijector } from '../bijector.ts'
import { isChain, layersOf } from '../combinators/chain.ts'
import type { Flow, FlowParams } from '../flow.ts'
import type { Arrays } from '../train/arrays.ts'
import { type StandardUnits, standardUnits } from '../train/standardUnits.ts'

/** One layer of a flow with its own parameters, and its place in the flow's chain. */
export interface PlacedLayer {
  readonly place: number
  readonly layer: Bijector
  /** The layer's part of the parameters of the whole flow, whatever these are. */
  own(params: FlowParams): unknown
}

/** A flow layer by layer, in the units behind a first layer that standardises, where it has one. */
export interface LayeredFlow {
  readonly units: StandardUnits
  readonly standardised: boolean
  readonly layers: readonly PlacedLayer[]
}

export const layersOfFlow = (flow: Flow, params: Arrays): LayeredFlow => {
  const { bijector } = flow
  const units = standardUnits(flow, params)
  const standardised = units.flow !== flow
  const all = layersOf(bijector).map(
    (layer, place): PlacedLayer => ({
      place,
      layer,
      own: (at) => (isChain(bijector) ? (at.bijector as readonly unknown[])[place] : at.bijector),
    }),
  )
  return { units, standardised, layers: standardised ? all.slice(1) : all }
}
