import type { Code, Statement } from './assembler/index.ts'
import { f32x4, f64x2, i32x4, shuffle32, v128 } from './assembler/index.ts'
import { type Floats, float32, float64, type Vector } from './math/index.ts'
import { TILE, VECTOR } from './words.ts'

/**
 * A number format: how values lie in memory, and the words in which kernels are written once for all formats. Integers
 * and booleans take words of the same size as floats: an integer is the low 32 bits of its word, and a boolean a mask,
 * all ones or all zeros.
 */
export interface Format {
  readonly precision: 'float32' | 'float64'
  /** Whether the compiler makes one of two vectors that lie beside each other. */
  readonly paired: boolean
  readonly floats: Floats
  /** Lanes worked on at a time. */
  readonly tile: number
  /** Bytes of a number. */
  readonly word: number
  /** Bytes of a row of lanes. */
  readonly row: number
  /** Numbers in a vector. */
  readonly width: number
  /** The number at an address, in all lanes. */
  readonly splatAt: (address: Code<'i32'>, offset?: number) => Vector
  /** Writes the number in the first lane. */
  readonly storeFirst: (address: Code<'i32'>, value: Vector, offset?: number) => Statement
  /** The vector with the number at an address in one of its lanes; and writes the number in one. */
  readonly loadLane: (address: Code<'i32'>, value: Vector, lane: number, offset?: number) => Vector
  readonly storeLane: (address: Code<'i32'>, value: Vector, lane: number, offset?: number) => Statement
  /** The lanes of each of `width` vectors added, (0 + 1) + (2 + 3): one number for each. */
  readonly sums: (vectors: readonly Vector[]) => Vector
  /** An integer constant in all lanes. */
  readonly integer: (value: number) => Vector
  /** 0, 1, … as integers. */
  readonly upwards: Vector
  readonly toFloat: (integers: Vector) => Vector
  /** Drops the fraction. */
  readonly toInteger: (floats: Vector) => Vector
  /** Masks from a comparison of integers. */
  readonly masks: (compared: Vector) => Vector
}

const shared = (tile: number, word: number): Pick<Format, 'tile' | 'word' | 'row' | 'width'> => ({
  tile,
  word,
  row: tile * word,
  width: VECTOR / word,
})

const EVEN = [0, 2, 4, 6]
const ODD = [1, 3, 5, 7]
const pairwise = (a: Vector, b: Vector): Vector => f32x4.add(shuffle32(a, b, EVEN), shuffle32(a, b, ODD))
const numbers = (values: readonly number[]): Vector => v128.const(new Uint8Array(Int32Array.from(values).buffer))

const singles = (fma: boolean, tile: number): Omit<Format, 'paired'> => ({
  precision: 'float32',
  floats: float32({ fma }),
  ...shared(tile, 4),
  splatAt: (address, offset = 0) => v128.load32Splat(address, offset),
  storeFirst: (address, value, offset = 0) => v128.store32Lane(address, value, 0, offset),
  loadLane: (address, value, lane, offset = 0) => v128.load32Lane(address, value, lane, offset),
  storeLane: (address, value, lane, offset = 0) => v128.store32Lane(address, value, lane, offset),
  sums: ([a, b, c, d]) => pairwise(pairwise(a!, b!), pairwise(c!, d!)),
  integer: i32x4.const,
  upwards: numbers([0, 1, 2, 3]),
  toFloat: f32x4.convertI32x4S,
  toInteger: i32x4.truncSatF32x4S,
  masks: (compared) => compared,
})

/** Each lane's low half, twice. */
const LOW = [0, 0, 2, 2]

const doubles = (fma: boolean, tile: number): Omit<Format, 'paired'> => ({
  precision: 'float64',
  floats: float64({ fma }),
  ...shared(tile, 8),
  splatAt: (address, offset = 0) => v128.load64Splat(address, offset),
  storeFirst: (address, value, offset = 0) => v128.store64Lane(address, value, 0, offset),
  loadLane: (address, value, lane, offset = 0) => v128.load64Lane(address, value, lane, offset),
  storeLane: (address, value, lane, offset = 0) => v128.store64Lane(address, value, lane, offset),
  sums: ([a, b]) => f64x2.add(shuffle32(a!, b!, [0, 1, 4, 5]), shuffle32(a!, b!, [2, 3, 6, 7])),
  integer: i32x4.const,
  upwards: numbers([0, 0, 1, 1]),
  toFloat: (integers) => f64x2.convertLowI32x4S(shuffle32(integers, integers, [0, 2, 0, 2])),
  toInteger: (floats) => {
    const low = i32x4.truncSatF64x2SZero(floats)
    return shuffle32(low, low, [0, 0, 1, 1])
  },
  masks: (compared) => shuffle32(compared, compared, LOW),
})

/** With fused multiply-add, which rounds once or twice as the machine likes, or without. */
export const formatOf = (
  precision: Format['precision'],
  { fma, paired = false }: { readonly fma: boolean; readonly paired?: boolean },
  tile = TILE,
): Format => ({ ...(precision === 'float32' ? singles(fma, tile) : doubles(fma, tile)), paired })

/** All lanes of a vector added, in each of them. */
export const across = (format: Format, v: Vector): Vector => format.sums(new Array(format.width).fill(v))

/** Ones in the lanes that come before the n-th. */
export const lanesBelow = (format: Format, n: Code<'i32'>): Vector =>
  format.masks(i32x4.gtS(i32x4.splat(n), format.upwards))

/** An integer in all lanes as a float. */
export const floatOf = (format: Format, n: Code<'i32'>): Vector => format.toFloat(i32x4.splat(n))
