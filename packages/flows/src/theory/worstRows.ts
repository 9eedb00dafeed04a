import type { Float32Errors } from './float32Errors.ts'
import type { LocalStretch } from './localStretch.ts'

/** A row by what the flow does there. */
export interface WorstRow {
  readonly row: number
  readonly logDensity: number
  readonly smallest: number
  readonly largest: number
  /** In float32: how far it comes back from where it was, and how far its log-density is off. */
  readonly roundTrip: number
  readonly logDensityError: number
}

/** The worst conditioned rows, the worst first. */
export const worstRows = (
  places: Uint32Array,
  { smallest, largest }: LocalStretch,
  { toLatentAndBack, logDensity, exact }: Float32Errors,
  unitsLogDet: number,
  count: number,
): readonly WorstRow[] => {
  const condition = largest.map((x, i) => x / smallest[i]!)
  const order = [...places.keys()].sort((a, b) => condition[b]! - condition[a]! || a - b)
  return order.slice(0, count).map((i) => ({
    row: places[i]!,
    logDensity: exact[i]! + unitsLogDet,
    smallest: smallest[i]!,
    largest: largest[i]!,
    roundTrip: toLatentAndBack[i]!,
    logDensityError: logDensity[i]!,
  }))
}
