/** Lanes worked on at a time. A varying value in scratch is `[...shape, TILE]`; rows of lanes are whole vectors. */
export const TILE = 64
/** Bytes of one number: float32, int32, or a boolean as 0 or -1 in an int32. */
export const WORD = 4
/** Bytes of a vector. */
export const VECTOR = 16
/** Bytes of a row of lanes. */
export const ROW = TILE * WORD
