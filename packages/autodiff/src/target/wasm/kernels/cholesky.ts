import { sizeOf } from '../../../shape.ts'
import { choleskyOperation } from '../../../tensor/linalg/cholesky.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Code } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { memory } from '../assembler/instructions/memory.ts'
import { local, set } from '../assembler/variables.ts'
import { VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { forWideLanes, laid } from './laid.ts'

/** The Cholesky factor; null for any other operation. */
export const choleskyLaunch = (node: Node, at: Addresses): Launch | null => {
  if (node.operation !== (choleskyOperation as Operation)) return null
  const { varies, shape } = node
  return {
    kernel: cholesky(varies),
    operands: [
      at.addressOf(node),
      at.readAt(node.inputs[0]!),
      shape[0]!,
      sizeOf(shape) * laid(at.format, varies).bytes,
    ],
  }
}

const WIDE = 4

/** Row by row, each element a sum over the columns before it. */
const cholesky = (varies: boolean): Kernel => ({
  key: `cholesky ${varies}`,
  build: (format) =>
    func('cholesky', { out: 'i32', a: 'i32', order: 'i32', size: 'i32' }, 'none', (p) => {
      const { nmadd, madd, mul, div, sqrt, gt, select } = format.floats
      const { bytes, load, store } = laid(format, varies)
      const [i, j, k, l, row, rowI, q] = integers('i', 'j', 'k', 'l', 'row', 'rowI', 'q')
      const [ours, mirrored, here] = integers('ours', 'mirrored', 'here')
      const element = (matrix: Code<'i32'>, r: Code<'i32'>, c: Code<'i32'>): Code<'i32'> =>
        i32.add(matrix, i32.add(i32.mul(r, row), i32.mul(c, bytes)))
      return [
        memory.fill(p.out, 0, p.size),
        set(row, i32.mul(p.order, bytes)),
        forWideLanes(format, varies, l, WIDE, (count) => {
          const sums = Array.from({ length: count }, (_, w) => local('v128', `sum${w}`))
          return forEach(i, { below: p.order }, [
            set(rowI, element(p.out, i, i32.const(0))),
            forEach(j, { below: i32.add(i, 1) }, [
              set(ours, element(p.a, i, j)),
              set(mirrored, element(p.a, j, i)),
              sums.map((sum, w) =>
                set(sum, madd(load(ours, l, w * VECTOR), 0.5, mul(load(mirrored, l, w * VECTOR), 0.5))),
              ),
              set(here, rowI),
              set(q, element(p.out, j, i32.const(0))),
              forEach(k, { below: j }, [
                sums.map((sum, w) => set(sum, nmadd(load(here, l, w * VECTOR), load(q, l, w * VECTOR), sum))),
                set(here, i32.add(here, bytes)),
                set(q, i32.add(q, bytes)),
              ]),
              // q has come to the diagonal of row j.
              when(
                i32.eq(i, j),
                sums.map((sum, w) => store(here, l, select(gt(sum, 0), sqrt(sum), NaN), w * VECTOR)),
                sums.map((sum, w) => store(here, l, div(sum, load(q, l, w * VECTOR)), w * VECTOR)),
              ),
            ]),
          ])
        }),
      ]
    }),
})
