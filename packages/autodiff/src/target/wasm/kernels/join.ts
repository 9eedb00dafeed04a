import { sizeOf } from '../../../shape.ts'
import { type ContractAttributes, contractOperation } from '../../../tensor/contract.ts'
import { type Join, joinOperation } from '../../../tensor/lanes.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { f32 } from '../assembler/instructions/f32.ts'
import { f32x4 } from '../assembler/instructions/f32x4.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { ROW, VECTOR, WORD } from '../words.ts'
import type { Addresses, Kernel, Launch } from './kernel.ts'
import { type Product, productOf } from './product.ts'

/** A join whose state is one float for each element, which every tile adds to. */
export interface SumJoin {
  /** Launched for every tile. */
  readonly absorb: readonly Launch[]
  /** Whether the sum is divided by the number of examples at the end. */
  readonly mean: boolean
}

/** The sum or mean of a varying float, or a product that is summed over the lanes; null for any other join. `state` is where it is added up. */
export const sumJoin = (node: Node, state: number, at: Addresses): SumJoin | null => {
  if (node.dtype !== 'float') return null
  if (node.operation === (contractOperation as Operation))
    return productJoin(node as Node<ContractAttributes>, state, at)
  if (node.operation !== (joinOperation as Operation)) return null
  const { name } = (node.attributes as { readonly join: Join }).join
  if (name !== 'sum' && name !== 'mean') return null
  return {
    absorb: [{ kernel: sumRows, operands: [state, at.readAt(node.inputs[0]!), sizeOf(node.shape) * WORD, 'lanes'] }],
    mean: name === 'mean',
  }
}

/** The four lanes of a vector added: (0 + 1) + (2 + 3). */
const across = (v: Code<'v128'>): Code<'f32'> =>
  f32.add(
    f32.add(f32x4.extractLane(v, 0), f32x4.extractLane(v, 1)),
    f32.add(f32x4.extractLane(v, 2), f32x4.extractLane(v, 3)),
  )

const sumRows: Kernel = {
  key: 'sum over lanes',
  build: () =>
    func('sumRows', { state: 'i32', x: 'i32', bytes: 'i32', lanes: 'i32' }, 'none', ({ state, x, bytes, lanes }) => {
      const [e, l, whole] = ['e', 'l', 'whole'].map((n) => local('i32', n)) as [
        Local<'i32'>,
        Local<'i32'>,
        Local<'i32'>,
      ]
      const total = local('v128', 'total')
      const sum = local('f32', 'sum')
      return [
        set(whole, i32.mul(i32.and(lanes, -4), WORD)),
        forEach(e, { below: bytes, step: WORD }, [
          set(total, f32x4.const(0)),
          forEach(l, { below: whole, step: VECTOR }, set(total, f32x4.add(total, v128.load(i32.add(x, l))))),
          set(sum, across(total)),
          // Lanes that pad the last tile are left out, not weighted: 0 times NaN is NaN.
          forEach(
            l,
            { from: whole, below: i32.mul(lanes, WORD), step: WORD },
            set(sum, f32.add(sum, f32.load(i32.add(x, l)))),
          ),
          f32.store(i32.add(state, e), f32.add(f32.load(i32.add(state, e)), sum)),
          set(x, i32.add(x, ROW)),
        ]),
      ]
    }),
}

const productJoin = (node: Node<ContractAttributes>, state: number, at: Addresses): SumJoin | null => {
  const product = productOf(node)
  const [a, b] = node.inputs
  if (!product || !a!.varies || !b!.varies) return null
  const absorb: Launch[] = []
  for (let z = 0; z < product.batch.count; z++)
    for (const [r0, rows, tileRows] of cut(product.rows.count, 2))
      for (const [c0, columns, tileColumns] of cut(product.columns.count, 4))
        if (rows * columns > 0)
          absorb.push(
            launchOf(product, z, [r0, rows, tileRows], [c0, columns, tileColumns], state, at.readAt(a!), at.readAt(b!)),
          )
  return { absorb, mean: false }
}

/** Start, count and how many at a time: as many whole groups as there are, then one by one. */
const cut = (count: number, group: number): readonly (readonly [number, number, number])[] => {
  const whole = count - (count % group)
  return [
    [0, whole, group],
    [whole, count - whole, 1],
  ]
}

const launchOf = (
  { batch, rows: r, columns: c, terms }: Product,
  z: number,
  [r0, rows, tileRows]: readonly [number, number, number],
  [c0, columns, tileColumns]: readonly [number, number, number],
  state: number,
  a: number,
  b: number,
): Launch => ({
  kernel: outerKernel(tileRows, tileColumns),
  operands: [
    state + (z * batch.out + r0 * r.out + c0 * c.out) * WORD,
    a + (z * batch.a + r0 * r.a) * ROW,
    b + (z * batch.b + c0 * c.b) * ROW,
    rows / tileRows,
    columns / tileColumns,
    terms.count,
    r.out * WORD,
    c.out * WORD,
    r.a * ROW,
    c.b * ROW,
    terms.a * ROW,
    terms.b * ROW,
    'lanes',
  ],
})

const OUTER = {
  out: 'i32',
  a: 'i32',
  b: 'i32',
  rows: 'i32',
  columns: 'i32',
  terms: 'i32',
  outRow: 'i32',
  outColumn: 'i32',
  aRow: 'i32',
  bColumn: 'i32',
  aTerm: 'i32',
  bTerm: 'i32',
  lanes: 'i32',
} as const

/** Rows by columns of results at a time: each is a vector along the lanes, added across at the end of the tile. */
const outerKernel = (tileRows: number, tileColumns: number): Kernel => ({
  key: `outer ${tileRows}x${tileColumns}`,
  build: () =>
    func(`outer${tileRows}x${tileColumns}`, OUTER, 'none', (p) => {
      const names = ['r', 'c', 'k', 'l', 'aBase', 'bBase', 'aAt', 'bAt', 'outAt', 'whole'] as const
      const [r, c, k, l, aBase, bBase, aAt, bAt, outAt, whole] = names.map((n) => local('i32', n)) as unknown as Record<
        number,
        Local<'i32'>
      > &
        [I, I, I, I, I, I, I, I, I, I]
      const sums = Array.from({ length: tileRows }, (_, i) =>
        Array.from({ length: tileColumns }, (_, j) => local('v128', `s${i}${j}`)),
      )
      const rests = sums.map((row) => row.map((_, j) => local('f32', `t${j}`)))
      const xs = sums.map((_, i) => local('v128', `x${i}`))
      const y = local('v128', 'y')
      const each = (f: (i: number, j: number) => Body): Body => sums.flatMap((row, i) => row.map((_, j) => f(i, j)))
      const aRow = (i: number): Code<'i32'> => i32.add(i32.add(aAt, l), i32.mul(p.aRow, i))
      const bColumn = (j: number): Code<'i32'> => i32.add(i32.add(bAt, l), i32.mul(p.bColumn, j))
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
                xs.map((x, i) => set(x, v128.load(aRow(i)))),
                sums[0]!.map((_, j) => [
                  set(y, v128.load(bColumn(j))),
                  xs.map((x, i) => set(sums[i]![j]!, f32x4.add(sums[i]![j]!, f32x4.mul(x, y)))),
                ]),
              ]),
              forEach(
                l,
                { from: whole, below: i32.mul(p.lanes, WORD), step: WORD },
                each((i, j) =>
                  set(rests[i]![j]!, f32.add(rests[i]![j]!, f32.mul(f32.load(aRow(i)), f32.load(bColumn(j))))),
                ),
              ),
              set(aAt, i32.add(aAt, p.aTerm)),
              set(bAt, i32.add(bAt, p.bTerm)),
            ]),
            each((i, j) => {
              const address = i32.add(i32.add(outAt, i32.mul(p.outRow, i)), i32.mul(p.outColumn, j))
              return f32.store(address, f32.add(f32.load(address), f32.add(across(sums[i]![j]!), rests[i]![j]!)))
            }),
            set(bBase, i32.add(bBase, i32.mul(p.bColumn, tileColumns))),
            set(outAt, i32.add(outAt, i32.mul(p.outColumn, tileColumns))),
          ]),
          set(aBase, i32.add(aBase, i32.mul(p.aRow, tileRows))),
          set(p.out, i32.add(p.out, i32.mul(p.outRow, tileRows))),
        ]),
      ]
    }),
})
type I = Local<'i32'>
