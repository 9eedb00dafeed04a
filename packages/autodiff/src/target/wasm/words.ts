/** Lanes worked on at a time. A varying value in scratch is `[...shape, TILE]`; rows of lanes are whole vectors. */
export const TILE = 64
/** Bytes of a vector. */
export const VECTOR = 16
/** Bytes of an address, a count or an entry of a table. */
export const ENTRY = 4
