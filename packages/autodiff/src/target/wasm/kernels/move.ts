import { elementsOf } from '../../../compile/inPlace.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Code, Local } from '../assembler/code.ts'
import { select, when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { memory } from '../assembler/instructions/memory.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { inScratch, offsetIn, spaceOf } from '../space.ts'
import { wordsOf } from '../values.ts'
import { ENTRY, VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'

/** How an entry of a table is read: its low bits, since all places are multiples of 4. */
const UNIFORM = 1
const FIXED = 2

/**
 * A table says for each element where it comes from: from the beginning of scratch, or of memory where it is fixed.
 * Where most elements come one after another, it has an entry for each run of them instead, and its length.
 */
export const moveLaunch = (node: Node, at: Addresses): Launch => {
  const table = entriesOf(node, at)
  const step = node.varies ? at.format.row : at.format.word
  const runs = runsOf(table, step, node.varies)
  const address = at.addressOf(node)
  if (runs) return { kernel: copies, operands: [address, at.table(runs), runs.length * ENTRY, inScratch(0)] }
  return {
    kernel: node.varies ? rows : words,
    operands: [address, at.table(table), table.length * ENTRY, inScratch(0)],
  }
}

const entriesOf = (node: Node, at: Addresses): Int32Array => {
  const { input, element, filler } = elementsOf(node)
  const { row, word } = at.format
  const given = node.inputs.map((x) => {
    const address = at.rowsOf(x) ? inScratch(0) : at.readAt(x)
    return {
      rows: at.rowsOf(x),
      start: offsetIn(address),
      step: x.varies ? row : word,
      flags: (x.varies ? 0 : UNIFORM) | (spaceOf(address) === 'fixed' ? FIXED : 0),
    }
  })
  const fillerEntry = input.includes(-1) ? at.table(wordsOf([filler], node.dtype, at.format)) | UNIFORM | FIXED : 0
  const entries = new Int32Array(input.length)
  for (let e = 0; e < entries.length; e++) {
    const from = given[input[e]!]
    const k = element[e]!
    entries[e] = from ? (from.rows ? from.rows[k]! : (from.start + k * from.step) | from.flags) : fillerEntry
  }
  return entries
}

/** Shorter runs are copied element by element. */
const WORTH_A_COPY = 8

/**
 * Entry and bytes of each run of elements that lie `step` bytes from one to the next, or are one uniform number over and
 * over: then the bytes are negative. Null where runs are short.
 */
const runsOf = (entries: Int32Array, step: number, varies: boolean): Int32Array | null => {
  const runs: number[] = []
  for (let e = 0; e < entries.length; ) {
    const entry = entries[e]!
    const isUniform = (entry & UNIFORM) !== 0
    const end = (by: number): number => {
      let next = e + 1
      while (next < entries.length && entries[next] === entry + (next - e) * by) next++
      return next
    }
    // A uniform number becomes a whole row of lanes.
    const [copied, repeated] = [isUniform && varies ? e : end(step), isUniform ? end(0) : e]
    const next = Math.max(copied, repeated)
    runs.push(entry, (next - e) * (repeated > copied ? -step : step))
    if (runs.length * WORTH_A_COPY > 2 * entries.length) return null
    e = next
  }
  return Int32Array.from(runs)
}

const PARAMETERS = { out: 'i32', table: 'i32', bytes: 'i32', scratch: 'i32' } as const

const copies: Kernel = {
  key: 'move runs',
  build: ({ word, splatAt, storeFirst }) =>
    func('moveRuns', PARAMETERS, 'none', ({ out, table, bytes, scratch }) => {
      const [e, entry, length, l, end] = integers('e', 'entry', 'length', 'l', 'end')
      const value = local('v128', 'value')
      return forEach(e, { below: bytes, step: 2 * ENTRY }, [
        set(entry, i32.load(i32.add(table, e))),
        set(length, i32.load(i32.add(table, e), ENTRY)),
        when(i32.geS(length, 0), memory.copy(out, placeOf(entry, scratch), length), [
          set(length, i32.sub(0, length)),
          set(value, splatAt(placeOf(entry, scratch))),
          set(end, i32.and(length, -VECTOR)),
          forEach(l, { below: end, step: VECTOR }, v128.store(i32.add(out, l), value)),
          forEach(l, { from: end, below: length, step: word }, storeFirst(i32.add(out, l), value)),
        ]),
        set(out, i32.add(out, length)),
      ])
    }),
}

const rows: Kernel = {
  key: 'move rows',
  build: ({ row, splatAt }) =>
    func('moveRows', PARAMETERS, 'none', ({ out, table, bytes, scratch }) => {
      const [e, l, entry, from] = integers('e', 'l', 'entry', 'from')
      const value = local('v128', 'value')
      return forEach(e, { below: bytes, step: ENTRY }, [
        set(entry, i32.load(i32.add(table, e))),
        set(from, placeOf(entry, scratch)),
        when(
          i32.and(entry, UNIFORM),
          [set(value, splatAt(from)), forEach(l, { below: row, step: VECTOR }, v128.store(i32.add(out, l), value))],
          forEach(l, { below: row, step: VECTOR }, v128.store(i32.add(out, l), v128.load(i32.add(from, l)))),
        ),
        set(out, i32.add(out, row)),
      ])
    }),
}

const words: Kernel = {
  key: 'move words',
  build: ({ word, splatAt, storeFirst }) =>
    func('moveWords', PARAMETERS, 'none', ({ out, table, bytes, scratch }) => {
      const [e, entry] = integers('e', 'entry')
      return forEach(e, { below: bytes, step: ENTRY }, [
        set(entry, i32.load(i32.add(table, e))),
        storeFirst(out, splatAt(placeOf(entry, scratch))),
        set(out, i32.add(out, word)),
      ])
    }),
}

const placeOf = (entry: Local<'i32'>, scratch: Local<'i32'>): Code<'i32'> => {
  const offset = i32.and(entry, ~(UNIFORM | FIXED))
  return select(i32.and(entry, FIXED), offset, i32.add(scratch, offset))
}
