import type { ContractAttributes } from '../../../tensor/contract.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Local } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { across, type Format, lanesBelow } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { VECTOR } from '../words.ts'
import { type Addresses, beginningOf, integers, type Kernel, type Launch, lengthOf, type Work } from './kernel.ts'
import { NONE, type Product, productOf, scaled } from './product.ts'

/** Results in registers at a time: rows by columns. */
const ROWS = 2
const COLUMNS = 4

/**
 * A product of two varying operands summed over the lanes: the gradient of weights. Every tile adds its share to
 * `state`. Null where its axes do not lie evenly.
 */
export const outerLaunches = (
  node: Node<ContractAttributes>,
  state: number,
  at: Addresses,
): readonly Launch[] | null => {
  const { row, word } = at.format
  const product = productOf(node)
  const [a, b] = node.inputs
  if (!product || !a!.varies || !b!.varies) return null
  return launchesOf({
    ...scaled(product, { a: row, b: row, out: word }),
    from: { a: at.readAt(a!), b: at.readAt(b!), out: state },
    along: 'lanes',
    adds: true,
    word,
  })
}

/** A product of uniform operands whose terms lie one after another in both; null where they do not. Vectors run along them. */
export const dotLaunches = (product: Product, from: Outer['from'], { word }: Format): readonly Launch[] | null => {
  const { terms } = product
  if (terms.count > 1 && !(terms.a === 1 && terms.b === 1)) return null
  return launchesOf({
    ...scaled({ ...product, terms: NONE }, { a: word, b: word, out: word }),
    from,
    along: terms.count,
    adds: false,
    word,
  })
}

/** Loops in bytes, around sums along vectors. */
interface Outer extends Product {
  readonly from: { readonly a: number; readonly b: number; readonly out: number }
  /** Numbers that are summed along vectors. */
  readonly along: number | 'lanes'
  /** Whether results are added to what is there. */
  readonly adds: boolean
  readonly word: number
}

const launchesOf = ({ batch, rows, columns, terms, from, along, adds, word }: Outer): readonly Launch[] =>
  cut(rows.count, ROWS).flatMap((r) => {
    // Uniform results may be cut for threads between groups of rows.
    const groups: Work = { total: r.count / r.group, unit: adds ? r.count : 1 }
    return cut(columns.count, COLUMNS).map((c) => ({
      kernel: outerKernel(r.group, c.group, rows.a, columns.b, c.group > 1 && columns.out === word, adds),
      operands: [
        beginningOf(groups, from.out + r.start * rows.out + c.start * columns.out, rows.out * r.group),
        beginningOf(groups, from.a + r.start * rows.a, rows.a * r.group),
        from.b + c.start * columns.b,
        ...[batch.count, lengthOf(groups), c.count / c.group, terms.count],
        ...[batch.out, batch.a, batch.b],
        ...[rows.out, columns.out],
        ...[terms.a, terms.b],
        along,
      ],
    }))
  })

/** As many whole groups as there are, then one by one. */
const cut = (
  count: number,
  group: number,
): readonly { readonly start: number; readonly count: number; readonly group: number }[] => {
  const whole = count - (count % group)
  return [
    { start: 0, count: whole, group },
    { start: whole, count: count - whole, group: 1 },
  ].filter((part) => part.count > 0)
}

const PARAMETERS = {
  out: 'i32',
  a: 'i32',
  b: 'i32',
  batch: 'i32',
  rows: 'i32',
  columns: 'i32',
  terms: 'i32',
  outBatch: 'i32',
  aBatch: 'i32',
  bBatch: 'i32',
  outRow: 'i32',
  outColumn: 'i32',
  aTerm: 'i32',
  bTerm: 'i32',
  lanes: 'i32',
} as const

/**
 * Each result is a vector along the lanes, added across at the end. `aRow`, `bColumn`: bytes from one row or
 * column to the next, fixed in the code, so that rows share one pointer and columns another. `together`: the results of
 * a row lie one after another; `adds`: they are added to what is there.
 */
const outerKernel = (
  rows: number,
  columns: number,
  aRow: number,
  bColumn: number,
  together: boolean,
  adds: boolean,
): Kernel => ({
  key: `outer ${rows}x${columns} ${aRow} ${bColumn} ${together} ${adds}`,
  build: (format) =>
    func(`outer${rows}x${columns}`, PARAMETERS, 'none', (p) => {
      const { word, width, floats, storeFirst, splatAt } = format
      const { madd, add, and, constant } = floats
      const [z, r, c, k, l, whole, rest] = integers('z', 'r', 'c', 'k', 'l', 'whole', 'rest')
      const [aBase, bBase, outBase] = integers('aBase', 'bBase', 'outBase')
      const [aAt, bAt, outAt, aHere, bHere] = integers('aAt', 'bAt', 'outAt', 'aHere', 'bHere')
      const tile = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => [i, j] as const))
      const sums = tile.map((row) => row.map(([i, j]) => local('v128', `s${i}${j}`)))
      const xs = tile.map((_, i) => local('v128', `x${i}`))
      const [y, mask] = [local('v128', 'y'), local('v128', 'mask')]
      /** One vector of lanes of every product. */
      const term = (of: (v: Vector) => Vector): Body => [
        set(aHere, i32.add(aAt, l)),
        set(bHere, i32.add(bAt, l)),
        xs.map((x, i) => set(x, of(v128.load(aHere, i * aRow)))),
        sums[0]!.map((_, j) => [
          set(y, of(v128.load(bHere, j * bColumn))),
          xs.map((x, i) => set(sums[i]![j]!, madd(x, y, sums[i]![j]!))),
        ]),
      ]
      const put = (row: readonly Local<'v128'>[], i: number): Body => {
        const rowAt = i32.add(outAt, i32.mul(p.outRow, i))
        const total = (sum: Vector, before: Vector): Vector => (adds ? add(before, sum) : sum)
        if (!together)
          return row.map((sum, j) => {
            const at = i32.add(rowAt, i32.mul(p.outColumn, j))
            return storeFirst(at, total(across(format, sum), splatAt(at)))
          })
        return Array.from({ length: columns / width }, (_, group) => {
          const start = group * width
          const at = i32.add(rowAt, start * word)
          return v128.store(at, total(format.sums(row.slice(start, start + width)), v128.load(at)))
        })
      }
      return [
        set(whole, i32.mul(i32.and(p.lanes, -width), word)),
        set(rest, i32.and(p.lanes, width - 1)),
        set(mask, lanesBelow(format, rest)),
        forEach(z, { below: p.batch }, [
          set(aBase, p.a),
          set(outBase, p.out),
          forEach(r, { below: p.rows }, [
            set(bBase, p.b),
            set(outAt, outBase),
            forEach(c, { below: p.columns }, [
              sums.flat().map((sum) => set(sum, constant(0))),
              set(aAt, aBase),
              set(bAt, bBase),
              forEach(k, { below: p.terms }, [
                forEach(
                  l,
                  { below: whole, step: VECTOR },
                  term((v) => v),
                ),
                // What follows the last of them is taken as 0 on both sides: 0 times NaN would be NaN.
                when(
                  rest,
                  term((v) => and(v, mask)),
                ),
                set(aAt, i32.add(aAt, p.aTerm)),
                set(bAt, i32.add(bAt, p.bTerm)),
              ]),
              sums.map(put),
              set(bBase, i32.add(bBase, bColumn * columns)),
              set(outAt, i32.add(outAt, i32.mul(p.outColumn, columns))),
            ]),
            set(aBase, i32.add(aBase, aRow * rows)),
            set(outBase, i32.add(outBase, i32.mul(p.outRow, rows))),
          ]),
          set(p.out, i32.add(p.out, p.outBatch)),
          set(p.a, i32.add(p.a, p.aBatch)),
          set(p.b, i32.add(p.b, p.bBatch)),
        ]),
      ]
    }),
})
