import type { ContractAttributes } from '../../../tensor/contract.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { productOf, swapped } from './product.ts'

/**
 * A product whose result varies. The operand that is uniform, if any, is splat; sums run in index order with as many
 * results in registers as fit: rows by two vectors of lanes. Null where its axes do not lie evenly.
 */
export const contractLaunches = (node: Node<ContractAttributes>, at: Addresses): readonly Launch[] | null => {
  const { row, word } = at.format
  const product = productOf(node)
  const [a, b] = node.inputs
  if (!product || !node.varies) return null
  const flipped = a!.varies && !b!.varies
  const { batch, rows, columns, terms } = flipped ? swapped(product) : product
  const [first, second] = flipped ? [b!, a!] : [a!, b!]
  const bothVary = first.varies && second.varies
  const firstStep = bothVary ? row : word
  const [firstAt, secondAt, outAt] = [at.readAt(first), at.readAt(second), at.addressOf(node)]
  const launches: Launch[] = []
  const cuts = bothVary ? [[0, rows.count, 1] as const] : cutRows(rows.count)
  for (let z = 0; z < batch.count; z++)
    for (const [start, count, tile] of cuts) {
      if (count === 0) continue
      launches.push({
        kernel: kernelFor(tile, bothVary, rows.a * firstStep),
        operands: [
          outAt + (z * batch.out + start * rows.out) * row,
          firstAt + (z * batch.a + start * rows.a) * firstStep,
          secondAt + z * batch.b * row,
          count / tile,
          columns.count,
          terms.count,
          rows.out * row,
          columns.out * row,
          columns.b * row,
          terms.a * firstStep,
          terms.b * row,
        ],
      })
    }
  return launches
}

/**
 * Rows of results in registers at a time. With two vectors of each: 12 sums, 2 of x and 1 of w fill the 15 registers
 * that compilers use (measured on Node 24, of a peak of 57 GFLOP/s: 6 rows 56, 5 rows 53, 4 rows 50; more spill).
 */
const MOST_ROWS = 6

/** Rows in as few groups as can be, of sizes that differ by one at most: start, count, rows at a time. */
const cutRows = (count: number): readonly (readonly [start: number, count: number, tile: number])[] => {
  if (count === 0) return []
  const groups = Math.ceil(count / MOST_ROWS)
  const tile = Math.ceil(count / groups)
  const smaller = groups * tile - count
  const larger = (groups - smaller) * tile
  return [
    [0, larger, tile],
    [larger, count - larger, tile - 1],
  ]
}

const PARAMETERS = {
  out: 'i32',
  a: 'i32',
  b: 'i32',
  rows: 'i32',
  columns: 'i32',
  terms: 'i32',
  outRow: 'i32',
  outColumn: 'i32',
  bColumn: 'i32',
  aTerm: 'i32',
  bTerm: 'i32',
} as const

/** Vectors of lanes in registers beside each other. */
const MOST_WIDE = 2

/** `aRow`: bytes from one row of a to the next; fixed in the code, so that rows share one pointer. */
const kernelFor = (tile: number, bothVary: boolean, aRow: number): Kernel => ({
  key: `contract ${tile} ${bothVary} ${aRow}`,
  build: ({ row: width, floats: { constant, madd }, splatAt }) => {
    const wide = Math.min(MOST_WIDE, width / VECTOR)
    return func(`contract${tile}`, PARAMETERS, 'none', (p) => {
      const [r, c, l, k] = integers('r', 'c', 'l', 'k')
      const [aBase, bBase, outBase, aAt, bAt, outAt] = integers('aBase', 'bBase', 'outBase', 'aAt', 'bAt', 'outAt')
      const sums = Array.from({ length: tile }, (_, i) =>
        Array.from({ length: wide }, (_, w) => local('v128', `s${i}${w}`)),
      )
      const xs = Array.from({ length: wide }, (_, w) => local('v128', `x${w}`))
      const weight = local('v128', 'w')
      const term = (i: number): Body =>
        bothVary
          ? sums[i]!.map((sum, w) => set(sum, madd(v128.load(aAt, i * aRow + w * VECTOR), xs[w]!, sum)))
          : [set(weight, splatAt(aAt, i * aRow)), sums[i]!.map((sum, w) => set(sum, madd(weight, xs[w]!, sum)))]
      return [
        set(aBase, p.a),
        set(outBase, p.out),
        forEach(r, { below: p.rows }, [
          set(bBase, p.b),
          set(outAt, outBase),
          forEach(c, { below: p.columns }, [
            forEach(l, { below: width, step: wide * VECTOR }, [
              sums.flat().map((sum) => set(sum, constant(0))),
              set(bAt, i32.add(bBase, l)),
              set(aAt, bothVary ? i32.add(aBase, l) : aBase),
              forEach(k, { below: p.terms }, [
                xs.map((x, w) => set(x, v128.load(bAt, w * VECTOR))),
                sums.map((_, i) => term(i)),
                set(bAt, i32.add(bAt, p.bTerm)),
                set(aAt, i32.add(aAt, p.aTerm)),
              ]),
              sums.map((row, i) =>
                row.map((sum, w) => v128.store(i32.add(i32.add(outAt, l), i32.mul(p.outRow, i)), sum, w * VECTOR)),
              ),
            ]),
            set(bBase, i32.add(bBase, p.bColumn)),
            set(outAt, i32.add(outAt, p.outColumn)),
          ]),
          set(aBase, i32.add(aBase, aRow * tile)),
          set(outBase, i32.add(outBase, i32.mul(p.outRow, tile))),
        ]),
      ]
    })
  },
})
