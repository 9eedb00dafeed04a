import { reduction } from '../../../tensor/broadcast.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Code } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { ENTRY, VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'

/** Terms of a sum before blocks are joined, as the operation says. */
const BLOCK = 64

const folds: Readonly<Record<string, (format: Format) => Format['max']>> = {
  sum: ({ floats }) => floats.add,
  max: ({ max }) => max,
  min: ({ min }) => min,
}

/** A reduction over event axes of a varying float; null for any other. */
export const reduceLaunch = (node: Node, at: Addresses): Launch | null => {
  const fold = folds[node.operation.name]
  const [x] = node.inputs
  if (!fold || !node.varies || node.dtype !== 'float') return null
  const { row } = at.format
  const { axes } = node.attributes as { readonly axes: readonly number[] }
  const { base, along } = reduction(x!.shape, node.shape, axes)
  if (along.length === 0 || (node.operation.name === 'sum' && along.length > BLOCK)) return null
  return {
    kernel: kernelFor(node.operation.name),
    operands: [
      at.addressOf(node),
      at.readAt(x!),
      at.table(base.map((o) => o * row)),
      at.table(along.map((o) => o * row)),
      base.length * ENTRY,
      along.length * ENTRY,
    ],
  }
}

const kernelFor = (name: string): Kernel => ({
  key: `reduce ${name}`,
  build: (format) =>
    func(
      `reduce_${name}`,
      { out: 'i32', x: 'i32', base: 'i32', along: 'i32', results: 'i32', terms: 'i32' },
      'none',
      (p) => {
        const { row } = format
        const fold = folds[name]!(format)
        const [o, l, r, start] = integers('o', 'l', 'r', 'start')
        const total = local('v128', 'total')
        const term = (): Code<'v128'> => v128.load(i32.add(i32.add(start, l), i32.load(i32.add(p.along, r))))
        return forEach(o, { below: p.results, step: ENTRY }, [
          set(start, i32.add(p.x, i32.load(i32.add(p.base, o)))),
          forEach(l, { below: row, step: VECTOR }, [
            set(r, 0),
            set(total, term()),
            forEach(r, { from: ENTRY, below: p.terms, step: ENTRY }, set(total, fold(total, term()))),
            v128.store(i32.add(p.out, l), total),
          ]),
          set(p.out, i32.add(p.out, row)),
        ])
      },
    ),
})
