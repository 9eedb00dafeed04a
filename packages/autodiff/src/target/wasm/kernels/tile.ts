import { sizeOf } from '../../../shape.ts'
import type { Kind, Node } from '../../../tensor/tensor.ts'
import { select } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { set } from '../assembler/variables.ts'
import { RECORD } from '../record.ts'
import { VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'

// Between the arrays that are kept for all examples, [...shape, count], and scratch, [...shape, TILE]. `record` is the
// word of the run's record with the array's address.

/** Some examples of every element into scratch. */
export const loadTile = (kind: Kind, address: number, record: number): Launch => ({
  kernel: load,
  operands: operandsOf(kind, address, record),
})
/** And back. */
export const storeTile = (kind: Kind, address: number, record: number): Launch => ({
  kernel: store,
  operands: operandsOf(kind, address, record),
})
const operandsOf = ({ shape }: Kind, address: number, record: number): Launch['operands'] => [
  address,
  { record },
  sizeOf(shape),
  { record: RECORD.count },
  'start',
  'lanes',
]

/** The number of each example among all. */
export const indexLaunch = (node: Node, at: Addresses): Launch | null =>
  node.operation.name === 'lanes.index' ? { kernel: index, operands: [at.addressOf(node), 'index'] } : null

const PARAMETERS = { scratch: 'i32', kept: 'i32', rows: 'i32', count: 'i32', start: 'i32', lanes: 'i32' } as const

const load: Kernel = {
  key: 'load tile',
  build: ({ word, row, width, splatAt, storeFirst }) =>
    func('loadTile', PARAMETERS, 'none', (p) => {
      const [e, l, from, last, whole] = integers('e', 'l', 'from', 'last', 'whole')
      return [
        set(from, i32.add(p.kept, i32.mul(p.start, word))),
        set(last, i32.mul(i32.sub(p.lanes, 1), word)),
        set(whole, i32.mul(i32.and(p.lanes, -width), word)),
        forEach(e, { below: p.rows }, [
          forEach(l, { below: whole, step: VECTOR }, v128.store(i32.add(p.scratch, l), v128.load(i32.add(from, l)))),
          // The tile is filled up with the last lane, a valid one.
          forEach(
            l,
            { from: whole, below: row, step: word },
            storeFirst(i32.add(p.scratch, l), splatAt(i32.add(from, select(i32.ltS(l, last), l, last)))),
          ),
          set(p.scratch, i32.add(p.scratch, row)),
          set(from, i32.add(from, i32.mul(p.count, word))),
        ]),
      ]
    }),
}

const store: Kernel = {
  key: 'store tile',
  build: ({ word, row, width, splatAt, storeFirst }) =>
    func('storeTile', PARAMETERS, 'none', (p) => {
      const [e, l, to, whole] = integers('e', 'l', 'to', 'whole')
      return [
        set(to, i32.add(p.kept, i32.mul(p.start, word))),
        set(whole, i32.mul(i32.and(p.lanes, -width), word)),
        forEach(e, { below: p.rows }, [
          forEach(l, { below: whole, step: VECTOR }, v128.store(i32.add(to, l), v128.load(i32.add(p.scratch, l)))),
          // Not a word more: what follows belongs to another tile, and maybe to another thread.
          forEach(
            l,
            { from: whole, below: i32.mul(p.lanes, word), step: word },
            storeFirst(i32.add(to, l), splatAt(i32.add(p.scratch, l))),
          ),
          set(p.scratch, i32.add(p.scratch, row)),
          set(to, i32.add(to, i32.mul(p.count, word))),
        ]),
      ]
    }),
}

const index: Kernel = {
  key: 'lanes.index',
  build: ({ word, row, upwards }) =>
    func('lanesIndex', { out: 'i32', first: 'i32' }, 'none', ({ out, first }) => {
      const [l] = integers('l')
      const here = i32.add(first, i32.shrU(l, Math.log2(word)))
      return forEach(l, { below: row, step: VECTOR }, [
        v128.store(i32.add(out, l), i32x4.add(i32x4.splat(here), upwards)),
      ])
    }),
}
