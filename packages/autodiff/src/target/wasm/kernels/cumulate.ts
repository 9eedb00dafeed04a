import { sizeOf } from '../../../shape.ts'
import { type CumulativeAttributes, cumulativeOperation } from '../../../tensor/gather.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { DType, Node } from '../../../tensor/tensor.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import { foldOf } from './fold.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { along, laid } from './laid.ts'

/** Running sums along an axis of blocks [outer, length, inner]; null for any other operation. */
export const cumulateLaunch = (node: Node, at: Addresses): Launch | null => {
  if (node.operation !== (cumulativeOperation as Operation) || node.dtype === 'bool') return null
  const { axis, reverse } = node.attributes as CumulativeAttributes
  const bytes = sizeOf(node.shape.slice(axis + 1)) * laid(at.format, node.varies).bytes
  const length = node.shape[axis]!
  const first = reverse ? Math.max(0, length - 1) * bytes : 0
  return {
    kernel: cumulate(node.dtype, node.varies),
    operands: [
      at.addressOf(node) + first,
      at.readAt(node.inputs[0]!) + first,
      sizeOf(node.shape.slice(0, axis)),
      length,
      bytes,
      reverse ? -bytes : bytes,
      length * bytes,
    ],
  }
}

const PARAMETERS = {
  out: 'i32',
  x: 'i32',
  outer: 'i32',
  length: 'i32',
  bytes: 'i32',
  step: 'i32',
  whole: 'i32',
} as const

const cumulate = (dtype: DType, varies: boolean): Kernel => ({
  key: `cumulativeSum ${dtype} ${varies}`,
  build: (format) =>
    func('cumulativeSum', PARAMETERS, 'none', (p) => {
      const [o, k, i, target, source] = integers('o', 'k', 'i', 'target', 'source')
      const total = local('v128', 'total')
      const { none, of } = foldOf(format, 'sum', dtype)
      return forEach(o, { below: p.outer }, [
        along(format, varies, i, p.bytes, 1, ({ load, store }) => [
          // The first element is itself, -0 too.
          set(total, dtype === 'float' ? format.floats.constant(-0) : none),
          set(target, i32.add(p.out, i)),
          set(source, i32.add(p.x, i)),
          forEach(k, { below: p.length }, [
            set(total, of(total, load(source))),
            store(target, total),
            set(target, i32.add(target, p.step)),
            set(source, i32.add(source, p.step)),
          ]),
        ]),
        set(p.out, i32.add(p.out, p.whole)),
        set(p.x, i32.add(p.x, p.whole)),
      ])
    }),
})
