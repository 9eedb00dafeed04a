import { sizeOf } from '../../../shape.ts'
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
import type { Addresses, Kernel, Launch } from './kernel.ts'

/** Operations that only move elements of their inputs, or put a number where there is none. */
const moving: ReadonlySet<string> = new Set([
  'transpose',
  'slice',
  'pad',
  'flip',
  'broadcastTo',
  'concat',
  'lanes.spread',
  'reshape',
  'alias',
  'stopGradient',
])

export const isMove = (node: Node): boolean => moving.has(node.operation.name)

/** Larger than any number that is put in. */
const MARK = 2 ** 50
const PER_INPUT = 2 ** 32

/**
 * Where each element of the result comes from, found by running the operation itself on the places of its inputs'
 * elements: one meaning, whatever the operation.
 */
const sourcesOf = (node: Node): Float64Array => {
  const places = node.inputs.map((x, k) =>
    Float64Array.from({ length: sizeOf(x.shape) }, (_, e) => MARK + k * PER_INPUT + e),
  )
  const found = new Float64Array(sizeOf(node.shape))
  node.operation.kernel(node)([found], places, 1, { offset: 0 })
  return found
}

/**
 * A table, one entry for each element: where in scratch its row of lanes is, or where a uniform number is (negative
 * where it is for all lanes), or 0 for the number put in.
 */
export const moveLaunch = (node: Node, at: Addresses): Launch => {
  const { row, word } = at.format
  let filler = 0
  const table = Int32Array.from(sourcesOf(node), (source) => {
    if (source < MARK) {
      filler = source
      return 0
    }
    const k = Math.floor((source - MARK) / PER_INPUT)
    const element = source - MARK - k * PER_INPUT
    const x = node.inputs[k]!
    // No value is at the beginning of scratch, as none is at address 0.
    return x.varies
      ? offsetIn(at.readAt(x)) + element * row
      : (node.varies ? -1 : 1) * entryOf(at.readAt(x) + element * word)
  })
  const operands = [
    at.addressOf(node),
    at.table(table),
    table.length * ENTRY,
    at.table(wordsOf([filler], node.dtype, at.format)),
  ]
  return { kernel: node.varies ? rows : words, operands: [...operands, inScratch(0)] }
}

/** Of a uniform number: its address; in scratch, where a loop has them, how far in, with the last bit set. */
const entryOf = (address: number): number => (spaceOf(address) === 'scratch' ? offsetIn(address) + 1 : address)

const addressOf = (entry: Code<'i32'>, scratch: Local<'i32'>): Code<'i32'> =>
  select(i32.and(entry, 1), i32.add(scratch, i32.sub(entry, 1)), entry)

const PARAMETERS = { out: 'i32', table: 'i32', bytes: 'i32', filler: 'i32', scratch: 'i32' } as const

const rows: Kernel = {
  key: 'move rows',
  build: ({ row, splatAt }) =>
    func('moveRows', PARAMETERS, 'none', ({ out, table, bytes, filler, scratch }) => {
      const [e, l, from] = [local('i32', 'e'), local('i32', 'l'), local('i32', 'from')]
      const value = local('v128', 'value')
      const fill = forEach(l, { below: row, step: VECTOR }, v128.store(i32.add(out, l), value))
      return forEach(e, { below: bytes, step: ENTRY }, [
        set(from, i32.load(i32.add(table, e))),
        when(
          i32.gtS(from, 0),
          [
            set(from, i32.add(scratch, from)),
            forEach(l, { below: row, step: VECTOR }, v128.store(i32.add(out, l), v128.load(i32.add(from, l)))),
          ],
          [
            when(i32.eqz(from), set(value, splatAt(filler)), set(value, splatAt(addressOf(i32.sub(0, from), scratch)))),
            fill,
          ],
        ),
        set(out, i32.add(out, row)),
      ])
    }),
}

const words: Kernel = {
  key: 'move words',
  build: ({ word, splatAt, storeFirst }) =>
    func('moveWords', PARAMETERS, 'none', ({ out, table, bytes, filler, scratch }) => {
      const [e, from] = [local('i32', 'e'), local('i32', 'from')]
      return forEach(e, { below: bytes, step: ENTRY }, [
        set(from, i32.load(i32.add(table, e))),
        storeFirst(out, splatAt(select(i32.eqz(from), filler, addressOf(from, scratch)))),
        set(out, i32.add(out, word)),
      ])
    }),
}
