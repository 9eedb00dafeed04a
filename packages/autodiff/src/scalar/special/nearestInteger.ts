/**
 * How far x lies from the nearest integer, in [-1/2, 1/2]. Exact, so functions of period 1 lose nothing far from 0;
 * 0 for every integer, which every number beyond 2^53 is.
 */
export const fromNearestInteger = (x: number): number => x - Math.round(x)
