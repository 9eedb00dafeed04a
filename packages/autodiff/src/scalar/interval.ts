/** A closed interval of the extended reals, `[lower, upper]`. Bounds are outward: the true range lies inside. */
export type Interval = readonly [lower: number, upper: number]

export const REAL: Interval = [-Infinity, Infinity]
export const POSITIVE: Interval = [Number.MIN_VALUE, Infinity]
