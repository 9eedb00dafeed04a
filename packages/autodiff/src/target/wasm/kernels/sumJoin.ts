import { sizeOf } from '../../../shape.ts'
import { type ContractAttributes, contractOperation } from '../../../tensor/contract.ts'
import { type Join, joinOperation } from '../../../tensor/lanes.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Local } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { across, floatOf, lanesBelow } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { RECORD } from '../record.ts'
import { inState } from '../space.ts'
import { VECTOR } from '../words.ts'
import type { JoinLaunches } from './join.ts'
import { type Addresses, integers, type Kernel, type Launch, type LaunchOperand } from './kernel.ts'
import { outerLaunches } from './outer.ts'
import { rowBytes } from './states.ts'

/**
 * The sum or mean of a varying float, or a product that is summed over the lanes: its state is one number for each
 * element, which every tile of a part adds to. Null for any other join.
 */
export const sumJoin = (node: Node, offset: number, stride: number, at: Addresses): JoinLaunches | null => {
  if (node.dtype !== 'float') return null
  const state = inState(offset)
  const finish = (divisor: LaunchOperand): Launch => ({
    kernel: sumParts,
    operands: [
      at.addressOf(node),
      { record: RECORD.states },
      offset,
      rowBytes(node, at.format),
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
  const operands = [state, at.readAt(node.inputs[0]!), sizeOf(node.shape) * at.format.word, 'lanes'] as const
  return {
    absorb: [{ kernel: sumRows, operands }],
    finish: finish(name === 'mean' ? { record: RECORD.count } : 1),
  }
}

/** Sums of the parts 0, 1, …, in this order, whoever worked on them. */
const sumParts: Kernel = {
  key: 'sum of parts',
  build: (format) =>
    func(
      'sumParts',
      { out: 'i32', states: 'i32', offset: 'i32', bytes: 'i32', stride: 'i32', parts: 'i32', divisor: 'i32' },
      'none',
      (p) => {
        const { add, div } = format.floats
        const [e, k, from] = integers('e', 'k', 'from')
        const [total, divisor] = [local('v128', 'total'), local('v128', 'divisor')]
        return [
          set(p.states, i32.add(p.states, p.offset)),
          set(divisor, floatOf(format, p.divisor)),
          forEach(e, { below: p.bytes, step: VECTOR }, [
            set(from, i32.add(p.states, e)),
            set(total, v128.load(from)),
            forEach(k, { from: 1, below: p.parts }, [
              set(from, i32.add(from, p.stride)),
              set(total, add(total, v128.load(from))),
            ]),
            v128.store(i32.add(p.out, e), div(total, divisor)),
          ]),
        ]
      },
    ),
}

/** As many rows at a time as a vector has numbers, so that their sums lie beside each other; then one by one. */
const sumRows: Kernel = {
  key: 'sum over lanes',
  build: (format) =>
    func('sumRows', { state: 'i32', x: 'i32', bytes: 'i32', lanes: 'i32' }, 'none', ({ state, x, bytes, lanes }) => {
      const { row, word, width, splatAt, storeFirst, sums } = format
      const { add, and, constant } = format.floats
      const [e, l, whole, rest, together] = integers('e', 'l', 'whole', 'rest', 'together')
      const totals = Array.from({ length: width }, (_, j) => local('v128', `total${j}`))
      const mask = local('v128', 'mask')
      const here = i32.add(state, e)
      const sumOf = (rows: readonly Local<'v128'>[]): Body => {
        const vector = (j: number): Vector => v128.load(i32.add(x, l), j * row)
        return [
          rows.map((total) => set(total, constant(0))),
          forEach(
            l,
            { below: whole, step: VECTOR },
            rows.map((total, j) => set(total, add(total, vector(j)))),
          ),
          // Lanes that pad the last tile are left out, not weighted: 0 times NaN is NaN.
          when(
            rest,
            rows.map((total, j) => set(total, add(total, and(vector(j), mask)))),
          ),
          set(x, i32.add(x, rows.length * row)),
        ]
      }
      const first = totals.slice(0, 1)
      return [
        set(whole, i32.mul(i32.and(lanes, -width), word)),
        set(rest, i32.and(lanes, width - 1)),
        set(mask, lanesBelow(format, rest)),
        set(together, i32.and(bytes, -VECTOR)),
        forEach(e, { below: together, step: VECTOR }, [
          sumOf(totals),
          v128.store(here, add(v128.load(here), sums(totals))),
        ]),
        forEach(e, { from: together, below: bytes, step: word }, [
          sumOf(first),
          storeFirst(here, add(splatAt(here), across(format, first[0]!))),
        ]),
      ]
    }),
}
