import type { Lane, LaneType } from './lane.ts'
import { meanings } from './meanings.ts'

/** An instruction that does not treat each lane alone: what it makes of whole vectors (a scalar is a vector of one lane). */
export interface VectorMeaning {
  readonly from: readonly LaneType[]
  readonly to: LaneType
  /** What it carries in itself, as its function takes it. */
  readonly trailing?: readonly (number | readonly number[])[]
  readonly of: (...operands: readonly (readonly Lane[])[]) => readonly Lane[]
}

const bits = (type: LaneType): number => Number(type.slice(1))
const unsigned = (type: LaneType, x: Lane): Lane =>
  type === 'i64' ? BigInt.asUintN(64, BigInt(x)) : Number(BigInt.asUintN(bits(type), BigInt(x)))

const bytewise = (f: (...x: readonly number[]) => number): VectorMeaning => ({
  from: ['i8', 'i8', 'i8'],
  to: 'i8',
  of: (...vectors) => vectors[0]!.map((_, i) => (f(...vectors.map((v) => Number(v[i]))) << 24) >> 24),
})

const LANE = 1
const splat = (scalar: LaneType, lane: LaneType, count: number): VectorMeaning => ({
  from: [scalar],
  to: lane,
  of: ([x]) => Array.from({ length: count }, () => (lane === 'i8' || lane === 'i16' ? held(lane, x!) : x!)),
})
const held = (type: LaneType, x: Lane): Lane => Number(BigInt.asIntN(bits(type), BigInt(x)))
const extract = (lane: LaneType, to: LaneType, signed = true): VectorMeaning => ({
  from: [lane],
  to,
  trailing: [LANE],
  of: (v) => [signed ? v[LANE]! : unsigned(lane, v[LANE]!)],
})
const replace = (lane: LaneType, scalar: LaneType): VectorMeaning => ({
  from: [lane, scalar],
  to: lane,
  trailing: [LANE],
  of: (v, [x]) => v.map((old, i) => (i === LANE ? (lane === 'i8' || lane === 'i16' ? held(lane, x!) : x!) : old)),
})
const allTrue = (lane: LaneType): VectorMeaning => ({
  from: [lane],
  to: 'i32',
  of: (v) => [Number(v.every((x) => BigInt(x) !== 0n))],
})
const bitmask = (lane: LaneType): VectorMeaning => ({
  from: [lane],
  to: 'i32',
  of: (v) => [v.reduce<number>((mask, x, i) => mask | (x < 0 ? 1 << i : 0), 0)],
})
const narrow = (from: LaneType, to: LaneType, lower: number, upper: number): VectorMeaning => ({
  from: [from, from],
  to,
  of: (a, b) => [...a, ...b].map((x) => held(to, Math.min(Math.max(Number(x), lower), upper))),
})
const extend = (from: LaneType, to: LaneType, high: boolean, signed: boolean): VectorMeaning => ({
  from: [from],
  to,
  of: (v) => {
    const half = high ? v.slice(v.length / 2) : v.slice(0, v.length / 2)
    return half.map((x) => (to === 'i64' ? BigInt(signed ? x : unsigned(from, x)) : signed ? x : unsigned(from, x)))
  },
})
const multiplied = (high: boolean, signed: boolean): VectorMeaning => {
  const halves = extend('i32', 'i64', high, signed)
  return {
    from: ['i32', 'i32'],
    to: 'i64',
    of: (a, b) => halves.of(a).map((x, i) => BigInt.asIntN(64, BigInt(x) * BigInt(halves.of(b)[i]!))),
  }
}
const chosen = (lane: LaneType): VectorMeaning => ({
  from: [lane, lane, lane],
  to: lane,
  of: (a, b, mask) => a.map((x, i) => (BigInt(mask[i]!) === 0n ? b[i]! : x)),
})
const converted = (from: LaneType, to: LaneType, f: (x: number) => Lane, zeros: number): VectorMeaning => ({
  from: [from],
  to,
  of: (v) => [...v.slice(0, 2).map((x) => f(Number(x))), ...Array<number>(zeros).fill(0)],
})
const truncated = (signed: boolean): ((x: number) => Lane) =>
  meanings.i32![signed ? 'trunc_sat_f64_s' : 'trunc_sat_f64_u'] as (x: number) => Lane

const ORDER = [31, 0, 17, 5, 5, 16, 2, 30, 8, 9, 10, 11, 28, 29, 15, 1]

const extensions = (from: LaneType, to: LaneType, name: string): Readonly<Record<string, VectorMeaning>> => ({
  [`extend_low_${name}_s`]: extend(from, to, false, true),
  [`extend_high_${name}_s`]: extend(from, to, true, true),
  [`extend_low_${name}_u`]: extend(from, to, false, false),
  [`extend_high_${name}_u`]: extend(from, to, true, false),
})

/** By family, then by name. */
export const vectorMeanings: Readonly<Record<string, Readonly<Record<string, VectorMeaning>>>> = {
  v128: {
    not: bytewise((a = 0) => ~a),
    and: bytewise((a = 0, b = 0) => a & b),
    andnot: bytewise((a = 0, b = 0) => a & ~b),
    or: bytewise((a = 0, b = 0) => a | b),
    xor: bytewise((a = 0, b = 0) => a ^ b),
    bitselect: bytewise((a = 0, b = 0, mask = 0) => (a & mask) | (b & ~mask)),
    any_true: { from: ['i8'], to: 'i32', of: (v) => [Number(v.some((x) => x !== 0))] },
  },
  i8x16: {
    shuffle: { from: ['i8', 'i8'], to: 'i8', trailing: [ORDER], of: (a, b) => ORDER.map((i) => [...a, ...b][i]!) },
    swizzle: { from: ['i8', 'i8'], to: 'i8', of: (a, b) => b.map((i) => a[Number(unsigned('i8', i))] ?? 0) },
    splat: splat('i32', 'i8', 16),
    extract_lane_s: extract('i8', 'i32'),
    extract_lane_u: extract('i8', 'i32', false),
    replace_lane: replace('i8', 'i32'),
    all_true: allTrue('i8'),
    bitmask: bitmask('i8'),
    narrow_i16x8_s: narrow('i16', 'i8', -128, 127),
    narrow_i16x8_u: narrow('i16', 'i8', 0, 255),
  },
  i16x8: {
    splat: splat('i32', 'i16', 8),
    extract_lane_s: extract('i16', 'i32'),
    extract_lane_u: extract('i16', 'i32', false),
    replace_lane: replace('i16', 'i32'),
    narrow_i32x4_s: narrow('i32', 'i16', -32768, 32767),
    narrow_i32x4_u: narrow('i32', 'i16', 0, 65535),
    ...extensions('i8', 'i16', 'i8x16'),
  },
  i32x4: {
    splat: splat('i32', 'i32', 4),
    extract_lane: extract('i32', 'i32'),
    replace_lane: replace('i32', 'i32'),
    all_true: allTrue('i32'),
    bitmask: bitmask('i32'),
    ...extensions('i16', 'i32', 'i16x8'),
    trunc_sat_f64x2_s_zero: converted('f64', 'i32', truncated(true), 2),
    trunc_sat_f64x2_u_zero: converted('f64', 'i32', truncated(false), 2),
    relaxed_laneselect: chosen('i32'),
  },
  i64x2: {
    splat: splat('i64', 'i64', 2),
    extract_lane: extract('i64', 'i64'),
    replace_lane: replace('i64', 'i64'),
    all_true: allTrue('i64'),
    bitmask: bitmask('i64'),
    ...extensions('i32', 'i64', 'i32x4'),
    extmul_low_i32x4_s: multiplied(false, true),
    extmul_high_i32x4_s: multiplied(true, true),
    extmul_low_i32x4_u: multiplied(false, false),
    extmul_high_i32x4_u: multiplied(true, false),
    relaxed_laneselect: chosen('i64'),
  },
  f32x4: {
    splat: splat('f32', 'f32', 4),
    extract_lane: extract('f32', 'f32'),
    replace_lane: replace('f32', 'f32'),
    demote_f64x2_zero: converted('f64', 'f32', Math.fround, 2),
  },
  f64x2: {
    splat: splat('f64', 'f64', 2),
    extract_lane: extract('f64', 'f64'),
    replace_lane: replace('f64', 'f64'),
    promote_low_f32x4: converted('f32', 'f64', (x) => x, 0),
    convert_low_i32x4_s: converted('i32', 'f64', (x) => x, 0),
    convert_low_i32x4_u: converted('i32', 'f64', (x) => unsigned('i32', x), 0),
  },
}
