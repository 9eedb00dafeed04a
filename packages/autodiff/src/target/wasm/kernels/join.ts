import { sizeOf } from '../../../shape.ts'
import { type ContractAttributes, contractOperation } from '../../../tensor/contract.ts'
import { type Join, joinOperation } from '../../../tensor/lanes.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { f32 } from '../assembler/instructions/f32.ts'
import { f32x4 } from '../assembler/instructions/f32x4.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { ROW, VECTOR, WORD } from '../words.ts'
import { across } from './across.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { outerLaunches } from './outer.ts'

/** A join whose state is one float for each element, which every tile adds to. */
export interface SumJoin {
  /** Launched for every tile. */
  readonly absorb: readonly Launch[]
  /** Whether the sum is divided by the number of examples at the end. */
  readonly mean: boolean
}

/**
 * The sum or mean of a varying float, or a product that is summed over the lanes; null for any other join. `state` is
 * the address where it is added up.
 */
export const sumJoin = (node: Node, state: number, at: Addresses): SumJoin | null => {
  if (node.dtype !== 'float') return null
  if (node.operation === (contractOperation as Operation)) {
    const absorb = outerLaunches(node as Node<ContractAttributes>, state, at)
    return absorb && { absorb, mean: false }
  }
  if (node.operation !== (joinOperation as Operation)) return null
  const { name } = (node.attributes as { readonly join: Join }).join
  if (name !== 'sum' && name !== 'mean') return null
  const operands = [state, at.readAt(node.inputs[0]!), sizeOf(node.shape) * WORD, 'lanes'] as const
  return { absorb: [{ kernel: sumRows, operands }], mean: name === 'mean' }
}

const sumRows: Kernel = {
  key: 'sum over lanes',
  build: () =>
    func('sumRows', { state: 'i32', x: 'i32', bytes: 'i32', lanes: 'i32' }, 'none', ({ state, x, bytes, lanes }) => {
      const [e, l, whole] = integers('e', 'l', 'whole')
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
