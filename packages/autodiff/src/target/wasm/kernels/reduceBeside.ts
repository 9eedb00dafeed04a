import type { DType } from '../../../tensor/tensor.ts'
import type { Body, Local } from '../assembler/code.ts'
import { select } from '../assembler/control.ts'
import { forEach, repeatWhile } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { shuffle32 } from '../assembler/instructions/i8x16.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { ENTRY, VECTOR } from '../words.ts'
import { acrossLanes, type Fold, type FoldName, foldOf } from './fold.ts'
import { integers, type Kernel } from './kernel.ts'
import { placeAt } from './places.ts'

/** Terms of a sum before blocks are joined, as the operation says. */
export const BLOCK = 64

const PARAMETERS = { out: 'i32', x: 'i32', starts: 'i32', results: 'i32', terms: 'i32' } as const

/**
 * A reduction of uniform numbers that lie side by side, as many at a time as a vector has. The order of a sum is kept: its
 * lanes are blocks one after another.
 */
export const reduceBeside = (name: FoldName, dtype: DType, evenStarts: boolean): Kernel => ({
  key: `reduce beside ${name} ${dtype} ${evenStarts}`,
  build: (format) =>
    func(`reduceBeside_${name}`, PARAMETERS, 'none', (p) => {
      const [o, from, end] = integers('o', 'from', 'end')
      const total = local('v128', 'total')
      const fold = foldOf(format, name, dtype)
      const terms: Terms = { format, fold, total, from, end }
      return forEach(o, { below: p.results, step: ENTRY }, [
        set(from, i32.add(p.x, placeAt(evenStarts, p.starts, o))),
        set(end, i32.add(from, i32.mul(p.terms, format.word))),
        set(total, fold.none),
        name === 'sum' ? inBlocks(terms) : inAnyOrder(terms),
        format.storeFirst(p.out, total),
        set(p.out, i32.add(p.out, format.word)),
      ])
    }),
})

/** What is left of a reduction from an address to another. */
interface Terms {
  readonly format: Format
  readonly fold: Fold
  readonly total: Local<'v128'>
  readonly from: Local<'i32'>
  readonly end: Local<'i32'>
}

/** Vectors that do not wait for one another. */
const WIDE = 4

const inAnyOrder = ({ format, fold, total, from, end }: Terms): Body => {
  const [whole] = integers('whole')
  const others = Array.from({ length: WIDE - 1 }, (_, w) => local('v128', `total${w + 1}`))
  const totals = [total, ...others]
  const wholly = (bytes: number): Body => set(whole, i32.add(from, i32.and(i32.sub(end, from), -bytes)))
  return [
    others.map((other) => set(other, fold.none)),
    wholly(WIDE * VECTOR),
    forEach(
      from,
      { from, below: whole, step: WIDE * VECTOR },
      totals.map((one, w) => set(one, fold.of(one, v128.load(from, w * VECTOR)))),
    ),
    others.map((other) => set(total, fold.of(total, other))),
    wholly(VECTOR),
    forEach(from, { from, below: whole, step: VECTOR }, set(total, fold.of(total, v128.load(from)))),
    set(total, acrossLanes(format, fold, total)),
    forEach(from, { from, below: end, step: format.word }, set(total, fold.of(total, format.splatAt(from)))),
  ]
}

const inBlocks = ({ format, fold, total, from, end }: Terms): Body => {
  const { word, width, splatAt, loadLane } = format
  const bytes = BLOCK * word
  const [at, stop] = integers('at', 'stop')
  const block = local('v128', 'block')
  const lanes = Array.from({ length: width }, (_, lane) => lane)
  /** The next term of each of so many blocks. */
  const terms = lanes.slice(1).reduce((v, lane) => loadLane(at, v, lane, lane * bytes), splatAt(at))
  const add = (value: Vector): Body => set(total, fold.of(total, value))
  return [
    repeatWhile(i32.geU(i32.sub(end, from), bytes * width), [
      set(block, fold.none),
      set(stop, i32.add(from, bytes)),
      forEach(at, { from, below: stop, step: word }, set(block, fold.of(block, terms))),
      lanes.map((lane) => add(spread(format, block, lane))),
      set(from, i32.add(from, bytes * width)),
    ]),
    repeatWhile(i32.ltU(from, end), [
      set(block, fold.none),
      set(stop, i32.add(from, bytes)),
      set(stop, select(i32.ltU(stop, end), stop, end)),
      forEach(from, { from, below: stop, step: word }, set(block, fold.of(block, splatAt(from)))),
      add(block),
    ]),
  ]
}

/** One lane's number in all lanes. */
const spread = ({ width }: Format, v: Vector, lane: number): Vector =>
  shuffle32(v, v, width === 4 ? [lane, lane, lane, lane] : [2 * lane, 2 * lane + 1, 2 * lane, 2 * lane + 1])
