/** Where the largest number stands; NaN is more than anything. */
export const placeOfMost = (xs: Float64Array): number => {
  let at = 0
  for (let i = 1; i < xs.length; i++) if (!(xs[i]! <= xs[at]!) && !Number.isNaN(xs[at]!)) at = i
  return at
}

/** The largest number, 0 of none. */
export const most = (xs: Float64Array): number => xs[placeOfMost(xs)] ?? 0
