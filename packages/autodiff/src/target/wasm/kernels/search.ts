import { sizeOf } from '../../../shape.ts'
import { searchOperation } from '../../../tensor/gather.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { DType, Node } from '../../../tensor/tensor.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { forLanes, laid } from './laid.ts'

/** Places in increasing rows of numbers; null for any other operation, and where rows and values are of two types. */
export const searchLaunch = (node: Node, at: Addresses): Launch | null => {
  const [sorted, x] = node.inputs
  if (node.operation !== (searchOperation as Operation) || sorted!.dtype !== x!.dtype || x!.dtype === 'bool')
    return null
  return {
    kernel: search(x!.dtype, sorted!.varies, x!.varies),
    operands: [at.addressOf(node), at.readAt(sorted!), at.readAt(x!), sizeOf(node.shape), sorted!.shape.at(-1)!],
  }
}

const search = (dtype: DType, sortedVaries: boolean, xVaries: boolean): Kernel => ({
  key: `searchSorted ${dtype} ${sortedVaries} ${xVaries}`,
  build: (format) =>
    func('searchSorted', { out: 'i32', sorted: 'i32', x: 'i32', size: 'i32', length: 'i32' }, 'none', (p) => {
      const varies = sortedVaries || xVaries
      const [out, sorted, x] = [varies, sortedVaries, xVaries].map((v) => laid(format, v))
      const [e, k, l, from] = integers('e', 'k', 'l', 'from')
      const [count, value] = [local('v128', 'count'), local('v128', 'value')]
      return forEach(e, { below: p.size }, [
        forLanes(format, varies, l, [
          set(count, i32x4.const(0)),
          set(value, x!.load(p.x, l)),
          set(from, p.sorted),
          forEach(k, { below: p.length }, [
            // How many are at most x: a comparison gives -1 or 0.
            set(count, i32x4.sub(count, atMost(format, dtype, sorted!.load(from, l), value))),
            set(from, i32.add(from, sorted!.bytes)),
          ]),
          out!.store(p.out, l, count),
        ]),
        set(p.out, i32.add(p.out, out!.bytes)),
        set(p.x, i32.add(p.x, x!.bytes)),
        set(p.sorted, i32.add(p.sorted, i32.mul(p.length, sorted!.bytes))),
      ])
    }),
})

const atMost = ({ floats }: Format, dtype: DType, a: Vector, b: Vector): Vector =>
  dtype === 'float' ? floats.le(a, b) : i32x4.leS(a, b)
