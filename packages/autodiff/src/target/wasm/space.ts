// Kernels are launched with numbers. An address is a number too: one that is fixed when a program is linked is what it
// is; one that depends on who runs the kernel counts from a base that the runner brings, and lies in a space of its own,
// far above all addresses. Adding an offset stays within the space.

/** What an address counts from: nothing, the scratch memory of a thread, or the sums of a part of the tiles. */
export type Space = 'fixed' | 'scratch' | 'state'

/** Larger than any address or count. */
const APART = 2 ** 40
const spaces: readonly Space[] = ['fixed', 'scratch', 'state']

export const inScratch = (offset: number): number => APART + offset
export const inState = (offset: number): number => 2 * APART + offset

export const spaceOf = (address: number): Space => spaces[Math.max(0, Math.floor(address / APART))]!

/** Bytes from the base of the address's space. */
export const offsetIn = (address: number): number => (spaceOf(address) === 'fixed' ? address : address % APART)
