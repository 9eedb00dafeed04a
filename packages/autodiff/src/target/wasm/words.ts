/**
 * Lanes worked on at a time, most and fewest. A varying value in scratch is `[...shape, tile]`; rows of lanes are whole
 * vectors.
 */
export const TILE = 64
export const LEAST_TILE = 4
/** Bytes of a vector. */
export const VECTOR = 16
/** Bytes of an address, a count or an entry of a table. */
export const ENTRY = 4
