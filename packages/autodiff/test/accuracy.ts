/** |value - truth| / |truth|; 0 for identical values, the infinite ones and NaN included. */
export const relativeError = (value: number, truth: number): number =>
  Object.is(value, truth) ? 0 : Math.abs(value - truth) / Math.abs(truth)

/** Relative where the truth is at least 1 in size, absolute below. */
export const mixedError = (value: number, truth: number): number =>
  Object.is(value, truth) ? 0 : Math.abs(value - truth) / Math.max(1, Math.abs(truth))
