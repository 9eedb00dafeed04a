/** A growing run of bytes: what the encoder writes into. */
export interface Bytes {
  readonly byte: (value: number) => void
  readonly raw: (bytes: ArrayLike<number>) => void
  /** Unsigned LEB128 of a number in 0 … 2^32 - 1. */
  readonly unsigned: (value: number) => void
  /** Signed LEB128 of a 32-bit or 64-bit integer; 32-bit ones are taken modulo 2^32. */
  readonly signed: (value: number | bigint) => void
  /** UTF-8, its length first. */
  readonly name: (text: string) => void
  /** Bytes, their number first. */
  readonly sized: (bytes: Uint8Array) => void
  /** All of it so far. */
  readonly done: () => Uint8Array
}

export const bytes = (): Bytes => {
  let store = new Uint8Array(256)
  let length = 0
  const reserve = (more: number): void => {
    if (length + more <= store.length) return
    const larger = new Uint8Array(Math.max(2 * store.length, length + more))
    larger.set(store.subarray(0, length))
    store = larger
  }
  const byte = (value: number): void => {
    reserve(1)
    store[length++] = value
  }
  const raw = (more: ArrayLike<number>): void => {
    reserve(more.length)
    store.set(more, length)
    length += more.length
  }
  // Seven bits a byte, lowest first; the top bit says that more follow.
  const unsigned = (value: number): void => {
    let rest = value >>> 0
    for (; rest >= 0x80; rest >>>= 7) byte((rest & 0x7f) | 0x80)
    byte(rest)
  }
  // Ends where all that is left is the sign, which the last byte's bit 6 already shows.
  const signed = (value: number | bigint): void => {
    if (typeof value === 'bigint') signedWide(value)
    else signedNarrow(value)
  }
  const signedNarrow = (value: number): void => {
    let rest = value | 0
    for (; rest < -0x40 || rest >= 0x40; rest >>= 7) byte((rest & 0x7f) | 0x80)
    byte(rest & 0x7f)
  }
  const signedWide = (value: bigint): void => {
    let rest = BigInt.asIntN(64, value)
    for (; rest < -0x40n || rest >= 0x40n; rest >>= 7n) byte(Number(rest & 0x7fn) | 0x80)
    byte(Number(rest & 0x7fn))
  }
  const sized = (more: Uint8Array): void => {
    unsigned(more.length)
    raw(more)
  }
  return {
    byte,
    raw,
    unsigned,
    signed,
    sized,
    name: (text) => sized(new TextEncoder().encode(text)),
    done: () => store.slice(0, length),
  }
}
