import type { Body, Code, Local, Statement } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import type { Operand } from '../assembler/instruction.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import type { Format } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { VECTOR } from '../words.ts'

/** How a value lies: a row of lanes for each element, or one number, which is the same in all lanes. */
export interface Laid {
  /** Bytes from one element to the next. */
  readonly bytes: number
  /** Of the element at an address, the vector that is `lane` bytes into its row. */
  readonly load: (address: Code<'i32'>, lane: Code<'i32'>, offset?: number) => Vector
  readonly store: (address: Code<'i32'>, lane: Code<'i32'>, value: Vector, offset?: number) => Statement
}

export const laid = ({ row, word, splatAt, storeFirst }: Format, varies: boolean): Laid =>
  varies
    ? {
        bytes: row,
        load: (address, lane, offset = 0) => v128.load(i32.add(address, lane), offset),
        store: (address, lane, value, offset = 0) => v128.store(i32.add(address, lane), value, offset),
      }
    : {
        bytes: word,
        load: (address, _, offset = 0) => splatAt(address, offset),
        store: (address, _, value, offset = 0) => storeFirst(address, value, offset),
      }

/** The body for every vector of lanes; once where nothing varies. */
export const forLanes = ({ row }: Format, varies: boolean, lane: Local<'i32'>, body: Body): Body =>
  varies ? forEach(lane, { below: row, step: VECTOR }, body) : body

/** Numbers side by side, as many as a vector has or one: how they are read and written. */
export interface Side {
  readonly load: (address: Code<'i32'>, offset?: number) => Vector
  readonly store: (address: Code<'i32'>, value: Vector, offset?: number) => Statement
}

/**
 * The body along `bytes` of numbers, for `wide` vectors at a time, then one by one, then number by number: rows of lanes
 * are whole in any case, those of uniform values need not be. `i` is how far along the row the body is.
 */
export const along = (
  { word, row, splatAt, storeFirst }: Format,
  varies: boolean,
  i: Local<'i32'>,
  bytes: Operand<'i32'>,
  wide: number,
  body: (side: Side, count: number) => Body,
): Body => {
  const step = wide * VECTOR
  const vectors: Side = { load: v128.load, store: v128.store }
  if (varies) {
    const count = fit(row, wide)
    return forEach(i, { below: bytes, step: count * VECTOR }, body(vectors, count))
  }
  const whole = (of: number): Code<'i32'> => i32.and(typeof bytes === 'number' ? i32.const(bytes) : bytes, -of)
  return [
    forEach(i, { below: whole(step), step }, body(vectors, wide)),
    wide > 1 ? forEach(i, { from: whole(step), below: whole(VECTOR), step: VECTOR }, body(vectors, 1)) : [],
    forEach(i, { from: whole(VECTOR), below: bytes, step: word }, body({ load: splatAt, store: storeFirst }, 1)),
  ]
}

/** The body for the lanes, `wide` vectors at a time; once, for one, where nothing varies. */
export const forWideLanes = (
  { row }: Format,
  varies: boolean,
  lane: Local<'i32'>,
  wide: number,
  body: (count: number) => Body,
): Body => (varies ? forEach(lane, { below: row, step: fit(row, wide) * VECTOR }, body(fit(row, wide))) : body(1))

/** Vectors at a time where a row of lanes may have fewer. */
const fit = (row: number, wide: number): number => Math.min(wide, row / VECTOR)

/**
 * The body for elements one after another, `bytes` in all: for the vector of lanes that the kernel is at, or for as many
 * uniform numbers as a vector has. `j` is how far from the first the body is.
 */
export const elements = (
  format: Format,
  varies: boolean,
  lane: Local<'i32'>,
  j: Local<'i32'>,
  bytes: Code<'i32'>,
  body: (side: Side) => Body,
): Body => {
  if (!varies) return along(format, false, j, bytes, 1, body)
  const { load, store } = laid(format, true)
  return forEach(
    j,
    { below: bytes, step: format.row },
    body({
      load: (address, offset) => load(address, lane, offset),
      store: (address, value, offset) => store(address, lane, value, offset),
    }),
  )
}
