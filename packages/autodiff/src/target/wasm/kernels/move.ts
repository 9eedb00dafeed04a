import { elementsOf, type Source } from '../../../compile/inPlace.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Code, Local } from '../assembler/code.ts'
import { select, when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { inScratch, offsetIn, spaceOf } from '../space.ts'
import { wordsOf } from '../values.ts'
import { ENTRY, VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'

/** How an entry of a table is read: its low bits, since all places are multiples of 4. */
const UNIFORM = 1
const FIXED = 2

/** A table says for each element where it comes from: from the beginning of scratch, or of memory where it is fixed. */
export const moveLaunch = (node: Node, at: Addresses): Launch => {
  const { row, word } = at.format
  const fillers = new Map<number, number>()
  const fillerAt = (filler: number): number => {
    const address = fillers.get(filler) ?? at.table(wordsOf([filler], node.dtype, at.format))
    fillers.set(filler, address)
    return address
  }
  const entryOf = (source: Source): number => {
    if ('filler' in source) return fillerAt(source.filler) | UNIFORM | FIXED
    const x = node.inputs[source.input]!
    const rows = at.rowsOf(x)
    if (rows) return rows[source.element]!
    const address = at.readAt(x) + source.element * (x.varies ? row : word)
    return offsetIn(address) | (x.varies ? 0 : UNIFORM) | (spaceOf(address) === 'fixed' ? FIXED : 0)
  }
  const table = Int32Array.from(elementsOf(node), entryOf)
  return {
    kernel: node.varies ? rows : words,
    operands: [at.addressOf(node), at.table(table), table.length * ENTRY, inScratch(0)],
  }
}

const PARAMETERS = { out: 'i32', table: 'i32', bytes: 'i32', scratch: 'i32' } as const

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
