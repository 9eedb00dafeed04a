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
import { RECORD } from '../record.ts'
import { inState } from '../space.ts'
import { ROW, VECTOR, WORD } from '../words.ts'
import { across } from './across.ts'
import { type Addresses, integers, type Kernel, type Launch, type LaunchOperand } from './kernel.ts'
import { outerLaunches } from './outer.ts'

/** A join whose state is one float for each element, which every tile of a part adds to. */
export interface SumJoin {
  /** Launched for every tile. */
  readonly absorb: readonly Launch[]
  /** Launched once all parts have their sums: adds them up in order, and divides where a mean is wanted. */
  readonly finish: Launch
}

/** Bytes of a join's state, in whole vectors. */
export const stateBytes = (node: Node): number => Math.ceil((sizeOf(node.shape) * WORD) / VECTOR) * VECTOR

/**
 * The sum or mean of a varying float, or a product that is summed over the lanes; null for any other join. `offset` is
 * where in the states of a part it is added up, and `stride` the bytes from one part's states to the next's.
 */
export const sumJoin = (node: Node, offset: number, stride: number, at: Addresses): SumJoin | null => {
  if (node.dtype !== 'float') return null
  const state = inState(offset)
  const finish = (divisor: LaunchOperand): Launch => ({
    kernel: sumParts,
    operands: [
      at.addressOf(node),
      { record: RECORD.states },
      offset,
      stateBytes(node),
      stride,
      { record: RECORD.parts },
      divisor,
    ],
  })
  if (node.operation === (contractOperation as Operation)) {
    const absorb = outerLaunches(node as Node<ContractAttributes>, state, at)
    return absorb && { absorb, finish: finish(1) }
  }
  if (node.operation !== (joinOperation as Operation)) return null
  const { name } = (node.attributes as { readonly join: Join }).join
  if (name !== 'sum' && name !== 'mean') return null
  const operands = [state, at.readAt(node.inputs[0]!), sizeOf(node.shape) * WORD, 'lanes'] as const
  return {
    absorb: [{ kernel: sumRows, operands }],
    finish: finish(name === 'mean' ? { record: RECORD.count } : 1),
  }
}

/** Sums of the parts 0, 1, …, in this order, whoever worked on them. */
const sumParts: Kernel = {
  key: 'sum of parts',
  build: () =>
    func(
      'sumParts',
      { out: 'i32', states: 'i32', offset: 'i32', bytes: 'i32', stride: 'i32', parts: 'i32', divisor: 'i32' },
      'none',
      (p) => {
        const [e, k, from] = integers('e', 'k', 'from')
        const total = local('v128', 'total')
        return [
          set(p.states, i32.add(p.states, p.offset)),
          forEach(e, { below: p.bytes, step: VECTOR }, [
            set(from, i32.add(p.states, e)),
            set(total, v128.load(from)),
            forEach(k, { from: 1, below: p.parts }, [
              set(from, i32.add(from, p.stride)),
              set(total, f32x4.add(total, v128.load(from))),
            ]),
            v128.store(i32.add(p.out, e), f32x4.div(total, f32x4.splat(f32.convertI32S(p.divisor)))),
          ]),
        ]
      },
    ),
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
