import type { ContractAttributes } from '../../../tensor/contract.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { across, lanesBelow } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { productOf } from './product.ts'

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
  const { batch, rows, columns, terms } = product
  const [aAt, bAt] = [at.readAt(a!), at.readAt(b!)]
  const launches: Launch[] = []
  for (let z = 0; z < batch.count; z++)
    for (const r of cut(rows.count, ROWS))
      for (const c of cut(columns.count, COLUMNS))
        launches.push({
          kernel: outerKernel(r.group, c.group, rows.a * row, columns.b * row, c.group > 1 && columns.out === 1),
          operands: [
            state + (z * batch.out + r.start * rows.out + c.start * columns.out) * word,
            aAt + (z * batch.a + r.start * rows.a) * row,
            bAt + (z * batch.b + c.start * columns.b) * row,
            r.count / r.group,
            c.count / c.group,
            terms.count,
            rows.out * word,
            columns.out * word,
            terms.a * row,
            terms.b * row,
            'lanes',
          ],
        })
  return launches
}

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
  rows: 'i32',
  columns: 'i32',
  terms: 'i32',
  outRow: 'i32',
  outColumn: 'i32',
  aTerm: 'i32',
  bTerm: 'i32',
  lanes: 'i32',
} as const

/**
 * Each result is a vector along the lanes, added across at the end of the tile. `aRow`, `bColumn`: bytes from one row or
 * column to the next, fixed in the code, so that rows share one pointer and columns another. `together`: the results of
 * a row lie one after another.
 */
const outerKernel = (rows: number, columns: number, aRow: number, bColumn: number, together: boolean): Kernel => ({
  key: `outer ${rows}x${columns} ${aRow} ${bColumn} ${together}`,
  build: (format) =>
    func(`outer${rows}x${columns}`, PARAMETERS, 'none', (p) => {
      const { word, width, floats } = format
      const { madd, add, and, constant } = floats
      const [r, c, k, l, whole, rest] = integers('r', 'c', 'k', 'l', 'whole', 'rest')
      const [aBase, bBase, aAt, bAt, outAt, aHere, bHere] = integers(
        'aBase',
        'bBase',
        'aAt',
        'bAt',
        'outAt',
        'aHere',
        'bHere',
      )
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
      const addTo = (row: readonly Local<'v128'>[], i: number): Body => {
        const address = (j: number): Code<'i32'> =>
          i32.add(i32.add(outAt, i32.mul(p.outRow, i)), i32.mul(p.outColumn, j))
        if (!together) return row.map((sum, j) => storeFirst(address(j), add(splatAt(address(j)), across(format, sum))))
        return Array.from({ length: columns / width }, (_, group) => {
          const start = group * width
          const at = i32.add(i32.add(outAt, i32.mul(p.outRow, i)), start * word)
          return v128.store(at, add(v128.load(at), format.sums(row.slice(start, start + width))))
        })
      }
      const { storeFirst, splatAt } = format
      return [
        set(whole, i32.mul(i32.and(p.lanes, -width), word)),
        set(rest, i32.and(p.lanes, width - 1)),
        set(mask, lanesBelow(format, rest)),
        set(aBase, p.a),
        forEach(r, { below: p.rows }, [
          set(bBase, p.b),
          set(outAt, p.out),
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
              // Lanes that pad the last tile are taken as 0 on both sides: 0 times NaN would be NaN.
              when(
                rest,
                term((v) => and(v, mask)),
              ),
              set(aAt, i32.add(aAt, p.aTerm)),
              set(bAt, i32.add(bAt, p.bTerm)),
            ]),
            sums.map(addTo),
            set(bBase, i32.add(bBase, bColumn * columns)),
            set(outAt, i32.add(outAt, i32.mul(p.outColumn, columns))),
          ]),
          set(aBase, i32.add(aBase, aRow * rows)),
          set(p.out, i32.add(p.out, i32.mul(p.outRow, rows))),
        ]),
      ]
    }),
})
