import { constraints, DEPTHS } from './grid.ts'

/** In which order constraints and depths are shown. */
export const names = Object.keys(constraints)
export const depths: readonly number[] = DEPTHS.toReversed()

export const most = (xs: readonly number[]): number => Math.max(-Infinity, ...xs)
