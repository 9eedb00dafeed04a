import type { ContractAttributes } from '../../../tensor/contract.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { f32 } from '../assembler/instructions/f32.ts'
import { f32x4 } from '../assembler/instructions/f32x4.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { ROW, VECTOR, WORD } from '../words.ts'
import { across } from './across.ts'
import { type Addresses, integers, type Kernel, type Launch, multiplyAdd } from './kernel.ts'
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
          kernel: outerKernel(r.group, c.group, rows.a * ROW, columns.b * ROW, at.fma),
          operands: [
            state + (z * batch.out + r.start * rows.out + c.start * columns.out) * WORD,
            aAt + (z * batch.a + r.start * rows.a) * ROW,
            bAt + (z * batch.b + c.start * columns.b) * ROW,
            r.count / r.group,
            c.count / c.group,
            terms.count,
            rows.out * WORD,
            columns.out * WORD,
            terms.a * ROW,
            terms.b * ROW,
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
 * column to the next, fixed in the code, so that rows share one pointer and columns another.
 */
const outerKernel = (rows: number, columns: number, aRow: number, bColumn: number, fma: boolean): Kernel => ({
  key: `outer ${rows}x${columns} ${aRow} ${bColumn} ${fma}`,
  build: () =>
    func(`outer${rows}x${columns}`, PARAMETERS, 'none', (p) => {
      const madd = multiplyAdd(fma)
      const [r, c, k, l, whole] = integers('r', 'c', 'k', 'l', 'whole')
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
      const rests = tile.map((row) => row.map(([i, j]) => local('f32', `t${i}${j}`)))
      const xs = tile.map((_, i) => local('v128', `x${i}`))
      const y = local('v128', 'y')
      const each = (f: (i: number, j: number) => Body): Body => tile.flat().map(([i, j]) => f(i, j))
      const here = [set(aHere, i32.add(aAt, l)), set(bHere, i32.add(bAt, l))]
      const restOf = (i: number, j: number): Body =>
        set(rests[i]![j]!, f32.add(rests[i]![j]!, f32.mul(f32.load(aHere, i * aRow), f32.load(bHere, j * bColumn))))
      return [
        set(whole, i32.mul(i32.and(p.lanes, -4), WORD)),
        set(aBase, p.a),
        forEach(r, { below: p.rows }, [
          set(bBase, p.b),
          set(outAt, p.out),
          forEach(c, { below: p.columns }, [
            each((i, j) => [set(sums[i]![j]!, f32x4.const(0)), set(rests[i]![j]!, 0)]),
            set(aAt, aBase),
            set(bAt, bBase),
            forEach(k, { below: p.terms }, [
              forEach(l, { below: whole, step: VECTOR }, [
                here,
                xs.map((x, i) => set(x, v128.load(aHere, i * aRow))),
                sums[0]!.map((_, j) => [
                  set(y, v128.load(bHere, j * bColumn)),
                  xs.map((x, i) => set(sums[i]![j]!, madd(x, y, sums[i]![j]!))),
                ]),
              ]),
              // Lanes that pad the last tile are left out, not weighted: 0 times NaN is NaN.
              forEach(l, { from: whole, below: i32.mul(p.lanes, WORD), step: WORD }, [here, each(restOf)]),
              set(aAt, i32.add(aAt, p.aTerm)),
              set(bAt, i32.add(bAt, p.bTerm)),
            ]),
            each((i, j) => {
              const address = i32.add(i32.add(outAt, i32.mul(p.outRow, i)), i32.mul(p.outColumn, j))
              return f32.store(address, f32.add(f32.load(address), f32.add(across(sums[i]![j]!), rests[i]![j]!)))
            }),
            set(bBase, i32.add(bBase, bColumn * columns)),
            set(outAt, i32.add(outAt, i32.mul(p.outColumn, columns))),
          ]),
          set(aBase, i32.add(aBase, aRow * rows)),
          set(p.out, i32.add(p.out, i32.mul(p.outRow, rows))),
        ]),
      ]
    }),
})
