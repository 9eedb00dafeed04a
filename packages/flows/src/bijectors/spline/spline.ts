import {
  abs,
  add,
  cast,
  concat,
  constant,
  cumulativeSum,
  div,
  type Example,
  equal,
  expandDims,
  filled,
  lessEqual,
  minimum,
  mul,
  searchSorted,
  slice,
  stack,
  sub,
  type Tensor,
  take,
  takeAlong,
  where,
} from '@diffeo/autodiff'
import type { Transformed } from '../../transform.ts'
import { type Bin, backThroughBin, throughBin } from './rationalQuadratic.ts'

/**
 * A monotone spline on the box [-tails, tails], one for each element of a shape `[...]`, continued outside by the
 * identity.
 */
export interface Spline {
  /** `[..., 2, K]`, positive: the K bins' widths (row 0) and heights (row 1), each row in units of its sum. */
  readonly masses: Example
  /** Share of the box that every bin has before the rest is dealt out by `masses`; times K below 1. */
  readonly least: number
  readonly tails: number
  /** Slopes at inner knots 1 … K-1 of the elements, for knot numbers `[..., 2]`; what is given for knots 0 and K is not used. */
  slopesAt(knots: Example): Example
}

/** y at x, with the log-slope; outside the box x itself, with log-slope 0. */
export const throughSpline = (spline: Spline, x: Example): Transformed => inBox(spline, x, 0, throughBin)

/** x at y, with the log-slope of that inverse map. */
export const backThroughSpline = (spline: Spline, y: Example): Transformed => inBox(spline, y, 1, backThroughBin)

type Row = 0 | 1
type InBin = (bin: Bin, at: Example) => Transformed

const inBox = (spline: Spline, at: Example, row: Row, map: InBin): Transformed => {
  const inside = lessEqual(abs(at), spline.tails)
  // A point outside is moved inside first: the branch that is not chosen must have a finite derivative too.
  const held = where(inside, at, 0)
  const { value, logDerivative } = map(binAt(spline, held, row), held)
  return { value: where(inside, value, at), logDerivative: where(inside, logDerivative, 0) }
}

/**
 * The bin that holds each element. Only sums, the search and one take run over all bins; everything after has the
 * elements' own shape.
 */
const binAt = ({ masses, least, tails, slopesAt }: Spline, at: Example, row: Row): Bin => {
  const bins = masses.shape.at(-1)!
  const sums = cumulativeSum(masses)
  const dealt = 2 * tails * (1 - bins * least)
  const floor = 2 * tails * least
  // Upper knots along the row that is searched.
  const line = take(sums, -2, row)
  const knots = add(mul(line, div(dealt, slice(line, -1, bins - 1))), floorsOf(bins, floor, tails))
  const index = minimum(searchSorted(knots, at), bins - 1)

  const edges = stack([sub(index, 1), index], -1)
  const wanted = concat([edges, lastLike(edges, bins)], -1)
  const taken = takeAlong(sums, stack([wanted, wanted], -2))
  const first = expandDims(equal(index, 0), -1)
  const last = expandDims(equal(index, bins - 1), -1)
  const place = expandDims(cast(index, 'float'), -1)
  const scale = div(dealt, take(taken, -1, 2))
  // The end knots are the box's own ends, whatever the sums round to.
  const lower = where(first, -tails, add(mul(take(taken, -1, 0), scale), sub(mul(place, floor), tails)))
  const upper = where(last, tails, add(mul(take(taken, -1, 1), scale), sub(mul(add(place, 1), floor), tails)))
  const size = sub(upper, lower)
  const slopes = where(concat([first, last], -1), 1, slopesAt(add(edges, 1)))
  return {
    left: take(lower, -1, 0),
    bottom: take(lower, -1, 1),
    width: take(size, -1, 0),
    height: take(size, -1, 1),
    slopeLeft: take(slopes, -1, 0),
    slopeRight: take(slopes, -1, 1),
  }
}

/** What the even shares alone come to at upper knots 1 … K, in the units of the box. */
const floorsOf = (bins: number, floor: number, tails: number): Tensor =>
  constant(Array.from({ length: bins }, (_, k) => (k + 1) * floor - tails))

/** The index of the last bin beside each element's edges `[..., 2]`, as `[..., 1]`. */
const lastLike = (edges: Example, bins: number): Tensor => filled(bins - 1, [...edges.shape.slice(0, -1), 1], 'int')
