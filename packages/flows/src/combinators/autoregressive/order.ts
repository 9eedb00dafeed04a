import { constant, type Example, gather } from '@diffeo/autodiff'
import { mistake } from '../../mistake.ts'

/** Which coordinates come before which: coordinate i depends on those of lower rank. Equal ranks do not see each other. */
export interface Order {
  /** Rank of each coordinate, every number from 0 to the largest taken at least once. */
  readonly ranks: readonly number[]
  /** Coordinates in order of rank. */
  readonly sorted: readonly number[]
  /** How many different ranks. */
  readonly passes: number
}

/** `natural`: 0, 1, 2, …; `reversed`: from the last back; or the place of each coordinate in the order. */
export type OrderOption = 'natural' | 'reversed' | readonly number[]

/**
 * Ranks of `dim` coordinates in the order given, cut into `passes` runs of about equal length; a run has one rank.
 * @throws when the order is no permutation of 0 … dim - 1, or there are more passes than coordinates
 */
export const orderOf = (dim: number, order: OrderOption, passes: number): Order => {
  if (!(Number.isInteger(dim) && dim > 0)) mistake(`autoregressive: dim is a whole number, at least 1, got ${dim}.`)
  if (!(Number.isInteger(passes) && passes >= 1 && passes <= dim))
    mistake(`autoregressive: passes is a whole number from 1 to the ${dim} coordinates, got ${passes}.`)
  const places = Array.isArray(order)
    ? (order as readonly number[])
    : Array.from({ length: dim }, (_, i) => (order === 'reversed' ? dim - 1 - i : i))
  if ([...places].sort((a, b) => a - b).some((place, i) => place !== i) || places.length !== dim)
    mistake(
      `autoregressive: order gives each of ${dim} coordinates its own place from 0 to ${dim - 1}, got [${places}].`,
    )
  return {
    ranks: places.map((place) => Math.floor((place * passes) / dim)),
    sorted: places.map((_, i) => places.indexOf(i)),
    passes,
  }
}

/** Coordinates of `x` at these places, in this order. */
export const arranged = (x: Example, places: readonly number[]): Example =>
  places.every((place, i) => place === i) ? x : gather(x, constant(places, [places.length], 'int'))

/** What undoes `arranged`. */
export const undone = (places: readonly number[]): readonly number[] => places.map((_, i) => places.indexOf(i))
