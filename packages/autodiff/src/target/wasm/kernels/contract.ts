import type { ContractAttributes } from '../../../tensor/contract.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { f32x4 } from '../assembler/instructions/f32x4.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { ROW, VECTOR, WORD } from '../words.ts'
import type { Addresses, Kernel, Launch } from './kernel.ts'
import { type Axis, type Product, productOf, swapped } from './product.ts'

/**
 * A product whose result varies. The operand that is uniform, if any, is splat; sums run in index order with as many
 * results in registers as fit: rows by two vectors of lanes. Null where its axes do not lie evenly.
 */
export const contractLaunches = (node: Node<ContractAttributes>, at: Addresses): readonly Launch[] | null => {
  const product = productOf(node)
  const [a, b] = node.inputs
  if (!product || !node.varies) return null
  const flipped = a!.varies && !b!.varies
  const { batch, rows, columns, terms } = flipped ? swapped(product) : product
  const [first, second] = flipped ? [b!, a!] : [a!, b!]
  const bothVary = first.varies && second.varies
  const firstStep = bothVary ? ROW : WORD
  const [firstAt, secondAt, outAt] = [at.readAt(first), at.readAt(second), at.addressOf(node)]
  const launches: Launch[] = []
  const cuts = bothVary ? [[0, rows.count, 1] as const] : cutRows(rows.count)
  for (let z = 0; z < batch.count; z++)
    for (const [start, count, tile] of cuts) {
      if (count === 0) continue
      launches.push({
        kernel: kernelFor(tile, bothVary),
        operands: [
          outAt + (z * batch.out + start * rows.out) * ROW,
          firstAt + (z * batch.a + start * rows.a) * firstStep,
          secondAt + z * batch.b * ROW,
          count / tile,
          columns.count,
          terms.count,
          rows.out * ROW,
          columns.out * ROW,
          rows.a * firstStep,
          columns.b * ROW,
          terms.a * firstStep,
          terms.b * ROW,
        ],
      })
    }
  return launches
}

/** Rows in groups of four, and what is left one by one: start, count, rows at a time. */
const cutRows = (count: number): readonly (readonly [number, number, 4 | 1])[] => {
  const whole = count - (count % 4)
  return [
    [0, whole, 4],
    [whole, count - whole, 1],
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
  aRow: 'i32',
  bColumn: 'i32',
  aTerm: 'i32',
  bTerm: 'i32',
} as const

/** Vectors of lanes in registers beside each other. */
const WIDE = 2

const kernelFor = (tile: 4 | 1, bothVary: boolean): Kernel => ({
  key: `contract ${tile} ${bothVary}`,
  build: () =>
    func(`contract${tile}`, PARAMETERS, 'none', (p) => {
      const [r, c, l, k] = ['r', 'c', 'l', 'k'].map((name) => local('i32', name)) as [I, I, I, I]
      const [aBase, bBase, outBase, aAt, bAt] = ['aBase', 'bBase', 'outBase', 'aAt', 'bAt'].map((name) =>
        local('i32', name),
      ) as [I, I, I, I, I]
      const sums = Array.from({ length: tile }, (_, i) =>
        Array.from({ length: WIDE }, (_, w) => local('v128', `s${i}${w}`)),
      )
      const xs = Array.from({ length: WIDE }, (_, w) => local('v128', `x${w}`))
      const weight = local('v128', 'w')
      const aPointers = Array.from({ length: tile }, (_, i) => local('i32', `a${i}`))
      const eachSum = (f: (sum: Local<'v128'>, i: number, w: number) => Body): Body =>
        sums.flatMap((row, i) => row.map((sum, w) => f(sum, i, w)))
      return [
        set(aBase, p.a),
        set(outBase, p.out),
        forEach(r, { below: p.rows }, [
          set(bBase, p.b),
          set(aAt, outBase),
          forEach(c, { below: p.columns }, [
            forEach(l, { below: ROW, step: WIDE * VECTOR }, [
              eachSum((sum) => set(sum, f32x4.const(0))),
              set(bAt, i32.add(bBase, l)),
              aPointers.map((pointer, i) =>
                set(pointer, bothVary ? i32.add(aBase, l) : i32.add(aBase, i32.mul(p.aRow, i))),
              ),
              forEach(k, { below: p.terms }, [
                xs.map((x, w) => set(x, v128.load(bAt, w * VECTOR))),
                bothVary
                  ? sums[0]!.map((sum, w) =>
                      set(sum, f32x4.add(sum, f32x4.mul(v128.load(aPointers[0]!, w * VECTOR), xs[w]!))),
                    )
                  : aPointers.map((pointer, i) => [
                      set(weight, v128.load32Splat(pointer)),
                      sums[i]!.map((sum, w) => set(sum, f32x4.add(sum, f32x4.mul(weight, xs[w]!)))),
                    ]),
                set(bAt, i32.add(bAt, p.bTerm)),
                aPointers.map((pointer) => set(pointer, i32.add(pointer, p.aTerm))),
              ]),
              eachSum((sum, i, w) => v128.store(i32.add(i32.add(aAt, l), i32.mul(p.outRow, i)), sum, w * VECTOR)),
            ]),
            set(bBase, i32.add(bBase, p.bColumn)),
            set(aAt, i32.add(aAt, p.outColumn)),
          ]),
          set(aBase, i32.add(aBase, i32.mul(p.aRow, tile))),
          set(outBase, i32.add(outBase, i32.mul(p.outRow, tile))),
        ]),
      ]
    }),
})
type I = Local<'i32'>
