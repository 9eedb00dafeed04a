import type { ValueType } from '../../../../src/target/wasm/assembler/index.ts'

/** A value as JavaScript has it: integers signed, those of 64 bits as bigints. */
export type Lane = number | bigint
export type LaneType = 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64'

const arrays = {
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
}

/** Lanes written to memory and read back. */
export const write = (memory: ArrayBufferLike, at: number, type: LaneType, lanes: readonly Lane[]): void => {
  new arrays[type](memory as ArrayBuffer, at, lanes.length).set(lanes as never)
}
export const read = (memory: ArrayBufferLike, at: number, type: LaneType, count: number): readonly Lane[] => [
  ...(new arrays[type](memory as ArrayBuffer, at, count) as Iterable<Lane>),
]

/** A family's lanes by its name: `f32x4` has four of f32. */
export const lanesOf = (family: string): { readonly lane: LaneType; readonly count: number } => {
  const [, lane, count] = /^([if]\d+)(?:x(\d+))?$/.exec(family)!
  return { lane: lane as LaneType, count: Number(count ?? 1) }
}
export const isVector = (type: ValueType): boolean => type === 'v128'

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.7,
  -3.7,
  1e-45,
  -1e-45,
  1.1754943508222875e-38,
  8388609.5,
  16777217,
  2147483648,
  -2147483648,
  4294967296,
  9007199254740992,
  9.3e18,
  -9.3e18,
  1.9e19,
  3.4028234663852886e38,
  1e300,
  Infinity,
  -Infinity,
  NaN,
]
const INTEGERS = [
  0n,
  1n,
  -1n,
  2n,
  3n,
  -7n,
  31n,
  33n,
  127n,
  -128n,
  255n,
  32767n,
  -32768n,
  65535n,
  2147483647n,
  -2147483648n,
  0x12345678n,
  4294967295n,
  0x7fffffffffffffffn,
  -0x8000000000000000n,
  0x123456789abcdef0n,
]

/** Where an operation may go wrong. */
export const edges = (type: LaneType): readonly Lane[] => {
  if (type === 'f64') return FLOATS
  if (type === 'f32') return [...new Set(FLOATS.map(Math.fround))]
  const bits = Number(type.slice(1))
  const held = [...new Set(INTEGERS.map((x) => BigInt.asIntN(bits, x)))]
  return bits === 64 ? held : held.map(Number)
}
