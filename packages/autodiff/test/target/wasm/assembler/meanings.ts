import { fused, rounded } from './exact.ts'
import type { Lane, LaneType } from './lane.ts'

/** What an instruction gives for a lane; a list where the machine may choose; 'trap' where it stops. */
export type Meaning = (...operands: readonly Lane[]) => Lane | readonly Lane[] | 'trap'
type Meanings = Readonly<Record<string, Meaning>>

const on = <T extends Lane>(f: (...x: readonly T[]) => Lane | readonly Lane[] | 'trap'): Meaning =>
  f as unknown as Meaning

// ---- floats

const nearest = (x: number): number => {
  if (!(Math.abs(x) < 2 ** 52)) return x
  const below = Math.floor(x)
  const up = x - below > 0.5 || (x - below === 0.5 && below % 2 !== 0)
  const rounded = up ? below + 1 : below
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded
}

const floatMeanings = (format: 'f32' | 'f64'): Meanings => {
  const round: (x: number) => number = format === 'f32' ? Math.fround : (x) => x
  const numbers = (f: (...x: readonly number[]) => number): Meaning => on<number>((...x) => round(f(...x)))
  return {
    abs: numbers((x = 0) => Math.abs(x)),
    neg: numbers((x = 0) => -x),
    ceil: numbers((x = 0) => Math.ceil(x)),
    floor: numbers((x = 0) => Math.floor(x)),
    trunc: numbers((x = 0) => Math.trunc(x)),
    nearest: numbers((x = 0) => nearest(x)),
    sqrt: numbers((x = 0) => Math.sqrt(x)),
    add: numbers((a = 0, b = 0) => a + b),
    sub: numbers((a = 0, b = 0) => a - b),
    mul: numbers((a = 0, b = 0) => a * b),
    div: numbers((a = 0, b = 0) => a / b),
    min: numbers((a = 0, b = 0) => Math.min(a, b)),
    max: numbers((a = 0, b = 0) => Math.max(a, b)),
    // Not Math.min and Math.max: a NaN of the second operand is dropped.
    pmin: numbers((a = 0, b = 0) => (isLess(b, a) ? b : a)),
    pmax: numbers((a = 0, b = 0) => (isLess(a, b) ? b : a)),
    copysign: numbers((a = 0, b = 0) => (isNegative(a) === isNegative(b) ? a : -a)),
    relaxed_madd: on<number>((a = 0, b = 0, c = 0) => [round(round(a * b) + c), fused(a, b, c, format)]),
    relaxed_nmadd: on<number>((a = 0, b = 0, c = 0) => [round(-round(a * b) + c), fused(-a, b, c, format)]),
    // Free where an operand is NaN or both are zeros.
    relaxed_min: on<number>((a = 0, b = 0) =>
      Number.isNaN(a + b) || (a === 0 && b === 0) ? [a, b, NaN] : Math.min(a, b),
    ),
    relaxed_max: on<number>((a = 0, b = 0) =>
      Number.isNaN(a + b) || (a === 0 && b === 0) ? [a, b, NaN] : Math.max(a, b),
    ),
  }
}
const isLess = (a: number, b: number): boolean => a < b
const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0)

/** `yes` is what a comparison gives where it holds: 1, or a lane of ones. */
const floatComparisons = (yes: Lane, no: Lane): Meanings => {
  const test = (f: (a: number, b: number) => boolean): Meaning => on<number>((a, b) => (f(a!, b!) ? yes : no))
  return {
    eq: test((a, b) => a === b),
    ne: test((a, b) => a !== b),
    lt: test((a, b) => a < b),
    gt: test((a, b) => a > b),
    le: test((a, b) => a <= b),
    ge: test((a, b) => a >= b),
  }
}

// ---- integers, all as bigints inside

const integerMeanings = (bits: number, yes: bigint): Meanings => {
  const signed = (x: bigint): bigint => BigInt.asIntN(bits, x)
  const unsigned = (x: bigint): bigint => BigInt.asUintN(bits, x)
  const back = (x: bigint): Lane => (bits === 64 ? signed(x) : Number(signed(x)))
  const integers =
    (f: (...x: readonly bigint[]) => bigint | 'trap'): Meaning =>
    (...x) => {
      const value = f(...x.map(BigInt))
      return value === 'trap' ? value : back(value)
    }
  const condition =
    (f: (a: bigint, b: bigint) => boolean): Meaning =>
    (a, b = 0) => {
      const holds = f(BigInt(a!), BigInt(b))
      // Scalar comparisons give an i32 whatever they compare; those of vectors a lane of the same width.
      return yes === 1n ? Number(holds) : back(holds ? yes : 0n)
    }
  const count = (x: bigint): string => unsigned(x).toString(2).padStart(bits, '0')
  const by = (shift: bigint): bigint => BigInt.asUintN(32, shift) % BigInt(bits)
  const rotated = (x: bigint, left: bigint): bigint => (unsigned(x) << left) | (unsigned(x) >> (BigInt(bits) - left))
  return {
    eqz: condition((x) => x === 0n),
    eq: condition((a, b) => a === b),
    ne: condition((a, b) => a !== b),
    lt_s: condition((a, b) => a < b),
    lt_u: condition((a, b) => unsigned(a) < unsigned(b)),
    gt_s: condition((a, b) => a > b),
    gt_u: condition((a, b) => unsigned(a) > unsigned(b)),
    le_s: condition((a, b) => a <= b),
    le_u: condition((a, b) => unsigned(a) <= unsigned(b)),
    ge_s: condition((a, b) => a >= b),
    ge_u: condition((a, b) => unsigned(a) >= unsigned(b)),
    clz: integers((x = 0n) =>
      BigInt(
        count(x)
          .padEnd(bits + 1, '1')
          .indexOf('1'),
      ),
    ),
    ctz: integers((x = 0n) => BigInt(bits - 1 - `1${count(x)}`.lastIndexOf('1') + 1)),
    popcnt: integers((x = 0n) => BigInt(count(x).replaceAll('0', '').length)),
    abs: integers((x = 0n) => (x < 0n ? -x : x)),
    neg: integers((x = 0n) => -x),
    add: integers((a = 0n, b = 0n) => a + b),
    sub: integers((a = 0n, b = 0n) => a - b),
    mul: integers((a = 0n, b = 0n) => a * b),
    div_s: integers((a = 0n, b = 0n) => (b === 0n || (b === -1n && a === -(1n << BigInt(bits - 1))) ? 'trap' : a / b)),
    div_u: integers((a = 0n, b = 0n) => (b === 0n ? 'trap' : unsigned(a) / unsigned(b))),
    rem_s: integers((a = 0n, b = 0n) => (b === 0n ? 'trap' : a % b)),
    rem_u: integers((a = 0n, b = 0n) => (b === 0n ? 'trap' : unsigned(a) % unsigned(b))),
    and: integers((a = 0n, b = 0n) => a & b),
    or: integers((a = 0n, b = 0n) => a | b),
    xor: integers((a = 0n, b = 0n) => a ^ b),
    shl: integers((a = 0n, b = 0n) => a << by(b)),
    shr_s: integers((a = 0n, b = 0n) => a >> by(b)),
    shr_u: integers((a = 0n, b = 0n) => unsigned(a) >> by(b)),
    rotl: integers((a = 0n, b = 0n) => rotated(a, by(b))),
    rotr: integers((a = 0n, b = 0n) => rotated(a, (BigInt(bits) - by(b)) % BigInt(bits))),
    min_s: integers((a = 0n, b = 0n) => (a < b ? a : b)),
    min_u: integers((a = 0n, b = 0n) => (unsigned(a) < unsigned(b) ? a : b)),
    max_s: integers((a = 0n, b = 0n) => (a > b ? a : b)),
    max_u: integers((a = 0n, b = 0n) => (unsigned(a) > unsigned(b) ? a : b)),
    extend8_s: integers((x = 0n) => BigInt.asIntN(8, x)),
    extend16_s: integers((x = 0n) => BigInt.asIntN(16, x)),
    extend32_s: integers((x = 0n) => BigInt.asIntN(32, x)),
  }
}

// ---- between the two

const bounds = (bits: number, signed: boolean): readonly [bigint, bigint] =>
  signed ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n]
const asLane = (bits: number, x: bigint): Lane => (bits === 64 ? BigInt.asIntN(64, x) : Number(BigInt.asIntN(32, x)))

const truncated = (bits: number, signed: boolean): Meaning =>
  on<number>((x = 0) => {
    const [lower, upper] = bounds(bits, signed)
    const whole = Number.isFinite(x) ? BigInt(Math.trunc(x)) : null
    return whole === null || whole < lower || whole > upper ? 'trap' : asLane(bits, whole)
  })
export const saturated = (bits: number, signed: boolean): Meaning =>
  on<number>((x = 0) => {
    const [lower, upper] = bounds(bits, signed)
    if (Number.isNaN(x)) return asLane(bits, 0n)
    if (x >= Number(upper)) return asLane(bits, upper)
    return asLane(bits, x <= Number(lower) ? lower : BigInt(Math.trunc(x)))
  })
/** Free where the float does not fit. */
const relaxedTruncated =
  (bits: number, signed: boolean): Meaning =>
  (x) => {
    const exact = truncated(bits, signed)(x!)
    return exact === 'trap' ? [] : exact
  }

/** Bits of one type read as another. */
const reinterpreted = (from: LaneType, to: LaneType): Meaning => {
  const view = new DataView(new ArrayBuffer(8))
  const put: Partial<Record<LaneType, (x: never) => void>> = {
    i32: (x: number) => view.setInt32(0, x),
    i64: (x: bigint) => view.setBigInt64(0, x),
    f32: (x: number) => view.setFloat32(0, x),
    f64: (x: number) => view.setFloat64(0, x),
  } as Partial<Record<LaneType, (x: never) => void>>
  const get: Partial<Record<LaneType, () => Lane>> = {
    i32: () => view.getInt32(0),
    i64: () => view.getBigInt64(0),
    f32: () => view.getFloat32(0),
    f64: () => view.getFloat64(0),
  }
  return (x) => {
    put[from]!(x as never)
    return get[to]!()
  }
}

/** Rounded once: going through float64 would round twice. */
const toFloat32 = (x: bigint): number => rounded(x, 0, 24, 149, 3.4028234663852886e38) + 0
const wide =
  (f: (x: bigint) => Lane): Meaning =>
  (x) =>
    f(BigInt(x!))
const unsigned32 = (x: bigint): bigint => BigInt.asUintN(32, x)
const unsigned64 = (x: bigint): bigint => BigInt.asUintN(64, x)

const conversions: Readonly<Record<string, Meanings>> = {
  i32: {
    wrap_i64: wide((x) => Number(BigInt.asIntN(32, x))),
    trunc_f32_s: truncated(32, true),
    trunc_f32_u: truncated(32, false),
    trunc_f64_s: truncated(32, true),
    trunc_f64_u: truncated(32, false),
    trunc_sat_f32_s: saturated(32, true),
    trunc_sat_f32_u: saturated(32, false),
    trunc_sat_f64_s: saturated(32, true),
    trunc_sat_f64_u: saturated(32, false),
    reinterpret_f32: reinterpreted('f32', 'i32'),
  },
  i64: {
    extend_i32_s: wide((x) => x),
    extend_i32_u: wide(unsigned32),
    trunc_f32_s: truncated(64, true),
    trunc_f32_u: truncated(64, false),
    trunc_f64_s: truncated(64, true),
    trunc_f64_u: truncated(64, false),
    trunc_sat_f32_s: saturated(64, true),
    trunc_sat_f32_u: saturated(64, false),
    trunc_sat_f64_s: saturated(64, true),
    trunc_sat_f64_u: saturated(64, false),
    reinterpret_f64: reinterpreted('f64', 'i64'),
  },
  f32: {
    convert_i32_s: wide(toFloat32),
    convert_i32_u: wide((x) => toFloat32(unsigned32(x))),
    convert_i64_s: wide(toFloat32),
    convert_i64_u: wide((x) => toFloat32(unsigned64(x))),
    demote_f64: on<number>((x = 0) => Math.fround(x)),
    reinterpret_i32: reinterpreted('i32', 'f32'),
  },
  f64: {
    convert_i32_s: wide(Number),
    convert_i32_u: wide((x) => Number(unsigned32(x))),
    convert_i64_s: wide(Number),
    convert_i64_u: wide((x) => Number(unsigned64(x))),
    promote_f32: on<number>((x = 0) => x),
    reinterpret_i64: reinterpreted('i64', 'f64'),
  },
  f32x4: { convert_i32x4_s: wide(toFloat32), convert_i32x4_u: wide((x) => toFloat32(unsigned32(x))) },
  i32x4: {
    trunc_sat_f32x4_s: saturated(32, true),
    trunc_sat_f32x4_u: saturated(32, false),
    relaxed_trunc_f32x4_s: relaxedTruncated(32, true),
    relaxed_trunc_f32x4_u: relaxedTruncated(32, false),
  },
}

/** By family, then by name: what JavaScript says of a scalar instruction, or of each lane of a vector one. */
export const meanings: Readonly<Record<string, Meanings>> = {
  i32: { ...integerMeanings(32, 1n), ...conversions.i32 },
  i64: { ...integerMeanings(64, 1n), ...conversions.i64 },
  f32: { ...floatMeanings('f32'), ...floatComparisons(1, 0), ...conversions.f32 },
  f64: { ...floatMeanings('f64'), ...floatComparisons(1, 0), ...conversions.f64 },
  i8x16: integerMeanings(8, -1n),
  i16x8: integerMeanings(16, -1n),
  i32x4: { ...integerMeanings(32, -1n), ...conversions.i32x4 },
  i64x2: integerMeanings(64, -1n),
  f32x4: { ...floatMeanings('f32'), ...floatComparisons(-1, 0), ...conversions.f32x4 },
  f64x2: { ...floatMeanings('f64'), ...floatComparisons(-1n, 0n) },
}
