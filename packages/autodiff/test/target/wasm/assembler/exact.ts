/** A finite float64, or product of two, as an integer multiple of 2^-2148: the sum of two such is exact. */
const UNIT = 2148

const asInteger = (x: number): bigint => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(x))
  const bits = view.getBigUint64(0)
  const exponent = Number(bits >> 52n)
  const fraction = bits & 0xfffffffffffffn
  const size = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1)
  return x < 0 ? -size : size
}

/** A multiple of 2^-unit rounded once, halves to even, to a float of `precision` bits whose smallest is 2^-`smallest`. */
export const rounded = (x: bigint, unit: number, precision: number, smallest: number, largest: number): number => {
  const size = x < 0n ? -x : x
  const length = size.toString(2).length
  const drop = BigInt(Math.max(0, length - precision, unit - smallest))
  const half = drop > 0n ? 1n << (drop - 1n) : 0n
  const rest = size & ((1n << drop) - 1n)
  const kept = size >> drop
  const up = drop > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))
  const mantissa = Number(kept + (up ? 1n : 0n))
  // In two steps, since 2^exponent alone may be subnormal or infinite.
  const exponent = Number(drop) - unit
  const value = mantissa * 2 ** Math.trunc(exponent / 2) * 2 ** (exponent - Math.trunc(exponent / 2))
  return (x < 0n ? -1 : 1) * (value > largest ? Infinity : value)
}

const FORMATS = {
  f32: { precision: 24, smallest: 149, largest: 3.4028234663852886e38 },
  f64: { precision: 53, smallest: 1074, largest: Number.MAX_VALUE },
}

/** a b + c, rounded once. */
export const fused = (a: number, b: number, c: number, format: keyof typeof FORMATS): number => {
  const plain = a * b + c
  const exact = asInteger(a) * asInteger(b) + (asInteger(c) << BigInt(UNIT - 1074))
  // Infinities, NaN and the sign of an exact zero follow the same rules as when it is rounded twice.
  if (![a, b, c].every(Number.isFinite) || exact === 0n) return plain
  const { precision, smallest, largest } = FORMATS[format]
  return rounded(exact, UNIT, precision, smallest, largest)
}
