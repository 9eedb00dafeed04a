import { type ContractAttributes, contractOperation } from '../../../tensor/contract.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import { VECTOR } from '../words.ts'
import type { Epilogue } from './epilogue.ts'
import { type Addresses, beginningOf, integers, type Kernel, type Launch, lengthOf, type Work } from './kernel.ts'
import { along } from './laid.ts'
import { dotLaunches } from './outer.ts'
import { type Axis, NONE, type Product, productOf, scaled, swapped } from './product.ts'
import { tabledLaunch } from './tabled.ts'

/**
 * A product whose examples do not meet. Where it varies, vectors run along the lanes; where it does not, along the
 * columns, or where those do not lie one after another along the terms.
 */
export const contractLaunches = (
  node: Node<ContractAttributes>,
  at: Addresses,
  epilogue?: Epilogue,
): readonly Launch[] => {
  const product = productOf(node)
  if (!product) return [tabledLaunch(node, at)]
  const [a, b] = node.inputs
  const from = { a: at.readAt(a!), b: at.readAt(b!), out: epilogue?.out ?? at.addressOf(node) }
  const { row, word } = at.format
  if (node.varies) {
    const steps = { a: a!.varies ? row : word, b: b!.varies ? row : word, out: row }
    const loops = scaled(product, steps)
    if (a!.varies && !b!.varies)
      return launchesOf({ ...turned(loops, from), bytes: row, beside: false, varies: true, epilogue })
    return launchesOf({ ...loops, from, bytes: row, beside: a!.varies, varies: true, epilogue })
  }
  const loops = scaled(product, { a: word, b: word, out: word })
  if (runs(product.columns, 'b')) return launchesOf(alongColumns(loops, from))
  if (runs(product.rows, 'a')) {
    const { from: other, ...rest } = turned(loops, from)
    return launchesOf(alongColumns(rest, other))
  }
  return dotLaunches(product, from, at.format) ?? [tabledLaunch(node, at)]
}

interface From {
  readonly a: number
  readonly b: number
  readonly out: number
}
/** Loops in bytes, around vectors that run along `bytes` of b and out, and of a too where it lies beside. */
interface Loops extends Product {
  readonly from: From
  readonly bytes: number
  readonly beside: boolean
  /** Whether the vectors run along lanes, which are whole vectors. */
  readonly varies: boolean
  readonly epilogue?: Epilogue | undefined
}

const turned = (product: Product, { a, b, out }: From): Product & { readonly from: From } => ({
  ...swapped(product),
  from: { a: b, b: a, out },
})

/** Whether an axis lies one element after another in an operand and the result. */
const runs = (axis: Axis, operand: 'a' | 'b'): boolean => axis.count > 1 && axis[operand] === 1 && axis.out === 1

const alongColumns = (product: Product, from: From): Loops => {
  const { columns } = product
  return { ...product, columns: NONE, from, bytes: columns.count * columns.out, beside: false, varies: false }
}

const launchesOf = ({ batch, rows, columns, terms, from, bytes, beside, varies, epilogue }: Loops): readonly Launch[] =>
  cutRows(rows.count, beside ? MOST_ROWS_BESIDE : MOST_ROWS).flatMap(([start, count, tile]) => {
    if (count === 0) return []
    // Uniform results may be cut for threads, between groups of rows or along long ones; a tile is one thread's.
    const groups: Work = { total: count / tile, unit: varies || bytes >= LONG ? count : 1 }
    const along: Work = { total: bytes, unit: varies || bytes < LONG ? bytes : CUT }
    const [out, a] = [from.out + start * rows.out, from.a + start * rows.a]
    return [
      {
        kernel: kernelFor(tile, beside, varies, rows.a, epilogue),
        operands: [
          bytes < LONG ? beginningOf(groups, out, rows.out * tile) : beginningOf(along, out),
          beginningOf(groups, a, rows.a * tile),
          beginningOf(along, from.b),
          lengthOf(along),
          ...[batch.count, lengthOf(groups), columns.count, terms.count],
          ...[batch.out, batch.a, batch.b],
          rows.out,
          ...[columns.out, columns.b],
          ...[terms.a, terms.b],
          ...(epilogue?.operands ?? []),
        ],
      },
    ]
  })

/** Bytes of a row of uniform results that is worth cutting, and where it is cut: at whole groups of vectors. */
const LONG = 4096
const CUT = 64

/**
 * Rows of results in registers at a time. With two vectors of each: 12 sums, 2 of x and 1 of w fill the 15 registers
 * that compilers use (measured on Node 24, of a peak of 57 GFLOP/s: 6 rows 56, 5 rows 53, 4 rows 50; more spill).
 */
const MOST_ROWS = 6
/** Where each row has vectors of its own. */
const MOST_ROWS_BESIDE = 4

/** Rows in as few groups as can be, of sizes that differ by one at most: start, count, rows at a time. */
const cutRows = (count: number, most: number): readonly (readonly [start: number, count: number, tile: number])[] => {
  if (count === 0) return []
  const groups = Math.ceil(count / most)
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
  bytes: 'i32',
  batch: 'i32',
  rows: 'i32',
  columns: 'i32',
  terms: 'i32',
  outBatch: 'i32',
  aBatch: 'i32',
  bBatch: 'i32',
  outRow: 'i32',
  outColumn: 'i32',
  bColumn: 'i32',
  aTerm: 'i32',
  bTerm: 'i32',
} as const

const signatureOf = (epilogue: Epilogue | undefined): typeof PARAMETERS & Readonly<Record<string, 'i32'>> => ({
  ...PARAMETERS,
  ...Object.fromEntries((epilogue?.parameters ?? []).map((name) => [name, 'i32' as const])),
})

/**
 * Vectors in registers beside each other. Where rows are few there are more of them, so that there are eight sums to add
 * to while the first waits for its last addition; of uniform results, whose number is any, fewer would be whole then.
 */
const wideOf = (tile: number, beside: boolean, varies: boolean, paired: boolean): number => {
  if (!varies) return 2
  // Two vectors are one register then.
  return (paired ? 2 : 1) * (tile >= 3 ? 2 : beside ? 4 : 8 / tile)
}

/** `aRow`: bytes from one row of a to the next; fixed in the code, so that rows share one pointer. Terms are added in order. */
const kernelFor = (
  tile: number,
  beside: boolean,
  varies: boolean,
  aRow: number,
  epilogue: Epilogue | undefined,
): Kernel => ({
  key: `contract ${tile} ${beside} ${varies} ${aRow} ${epilogue?.key ?? ''}`,
  build: (format) =>
    func(`contract${tile}`, signatureOf(epilogue), 'none', (p) => {
      const { row, splatAt } = format
      const { constant, madd } = format.floats
      const [z, r, c, l, k] = integers('z', 'r', 'c', 'l', 'k')
      const most = wideOf(tile, beside, varies, format.paired)
      const [aBase, bBase, outBase, aAt, bAt, outAt] = integers('aBase', 'bBase', 'outBase', 'aAt', 'bAt', 'outAt')
      const [resultAt] = integers('resultAt')
      const sums = Array.from({ length: tile }, (_, i) =>
        Array.from({ length: most }, (_, w) => local('v128', `s${i}${w}`)),
      )
      const xs = Array.from({ length: most }, (_, w) => local('v128', `x${w}`))
      const weight = local('v128', 'w')
      const vectors = along(format, varies, l, varies ? row : p.bytes, most, ({ load, store }, wide) => {
        const here = sums.map((row) => row.slice(0, wide))
        const term = (i: number): Body =>
          beside
            ? here[i]!.map((sum, w) => set(sum, madd(load(aAt, i * aRow + w * VECTOR), xs[w]!, sum)))
            : [set(weight, splatAt(aAt, i * aRow)), here[i]!.map((sum, w) => set(sum, madd(weight, xs[w]!, sum)))]
        return [
          here.flat().map((sum) => set(sum, constant(0))),
          set(bAt, i32.add(bBase, l)),
          set(aAt, beside ? i32.add(aBase, l) : aBase),
          forEach(k, { below: p.terms }, [
            xs.slice(0, wide).map((x, w) => set(x, load(bAt, w * VECTOR))),
            here.map((_, i) => term(i)),
            set(bAt, i32.add(bAt, p.bTerm)),
            set(aAt, i32.add(aAt, p.aTerm)),
          ]),
          here.map((row, i) => {
            const at = i32.add(i32.add(outAt, l), i32.mul(p.outRow, i))
            return [
              set(resultAt, at),
              epilogue?.code(format, p, resultAt, row) ?? row.map((sum, w) => store(resultAt, sum, w * VECTOR)),
            ]
          }),
        ]
      })
      return forEach(z, { below: p.batch }, [
        set(aBase, p.a),
        set(outBase, p.out),
        forEach(r, { below: p.rows }, [
          set(bBase, p.b),
          set(outAt, outBase),
          forEach(c, { below: p.columns }, [
            vectors,
            set(bBase, i32.add(bBase, p.bColumn)),
            set(outAt, i32.add(outAt, p.outColumn)),
          ]),
          set(aBase, i32.add(aBase, aRow * tile)),
          set(outBase, i32.add(outBase, i32.mul(p.outRow, tile))),
        ]),
        set(p.out, i32.add(p.out, p.outBatch)),
        set(p.a, i32.add(p.a, p.aBatch)),
        set(p.b, i32.add(p.b, p.bBatch)),
      ])
    }),
})

/** Whether element-wise work may follow while the results are in registers: those of examples, laid out evenly. */
export const canLead = (node: Node): boolean =>
  node.operation === (contractOperation as Operation) &&
  node.varies &&
  productOf(node as Node<ContractAttributes>) !== null
