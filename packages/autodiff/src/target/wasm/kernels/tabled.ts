import { offsetsOf, type Shape, stridesOf } from '../../../shape.ts'
import type { ContractAttributes } from '../../../tensor/contract.ts'
import type { Node } from '../../../tensor/tensor.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import { ENTRY } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { forLanes, laid } from './laid.ts'

/**
 * Any product, by tables of where the operands of its results and of its terms are: for axes that do not lie evenly.
 * The sums of one result after another, each over the terms in order.
 */
export const tabledLaunch = (node: Node<ContractAttributes>, at: Addresses): Launch => {
  const { attributes, shape } = node
  const [a, b] = node.inputs as [Node, Node]
  const lengths = new Map([
    ...[...attributes.a].map((letter, axis) => [letter, a.shape[axis]!] as const),
    ...[...attributes.b].map((letter, axis) => [letter, b.shape[axis]!] as const),
  ])
  const summed = [...attributes.a].filter((letter) => !attributes.out.includes(letter))
  const table = (letters: readonly string[], names: string, { shape: of, varies }: Node): number => {
    const step = laid(at.format, varies).bytes
    return at.table(offsetsOf(lengthsOf(letters), stridesBy(letters, names, of)).map((offset) => offset * step))
  }
  const lengthsOf = (letters: readonly string[]): Shape => letters.map((letter) => lengths.get(letter)!)
  const results = [...attributes.out]
  const size = (letters: readonly string[]): number => lengthsOf(letters).reduce((n, length) => n * length, 1)
  return {
    kernel: kernelFor(node.varies, a.varies, b.varies),
    operands: [
      at.addressOf(node),
      at.readAt(a),
      at.readAt(b),
      ...[table(results, attributes.a, a), table(results, attributes.b, b)],
      ...[table(summed, attributes.a, a), table(summed, attributes.b, b)],
      shape.reduce((n, length) => n * length, 1) * ENTRY,
      size(summed) * ENTRY,
    ],
  }
}

/** How far an operand's elements lie apart by each of these letters: nothing, where it does not have the letter. */
const stridesBy = (letters: readonly string[], names: string, shape: Shape): readonly number[] => {
  const strides = stridesOf(shape)
  return letters.map((letter) => (names.includes(letter) ? strides[names.indexOf(letter)]! : 0))
}

const PARAMETERS = {
  out: 'i32',
  a: 'i32',
  b: 'i32',
  aResults: 'i32',
  bResults: 'i32',
  aTerms: 'i32',
  bTerms: 'i32',
  results: 'i32',
  terms: 'i32',
} as const

const kernelFor = (varies: boolean, aVaries: boolean, bVaries: boolean): Kernel => ({
  key: `contract by tables ${varies} ${aVaries} ${bVaries}`,
  build: (format) =>
    func('contractByTables', PARAMETERS, 'none', (p) => {
      const { constant, madd } = format.floats
      const [e, k, l, aAt, bAt] = integers('e', 'k', 'l', 'aAt', 'bAt')
      const [sum, x] = [local('v128', 'sum'), local('v128', 'x')]
      const own = laid(format, varies)
      const entry = (table: typeof e, i: typeof e) => i32.load(i32.add(table, i))
      return forEach(e, { below: p.results, step: ENTRY }, [
        set(aAt, i32.add(p.a, entry(p.aResults, e))),
        set(bAt, i32.add(p.b, entry(p.bResults, e))),
        forLanes(format, varies, l, [
          set(sum, constant(0)),
          forEach(k, { below: p.terms, step: ENTRY }, [
            set(x, laid(format, aVaries).load(i32.add(aAt, entry(p.aTerms, k)), l)),
            set(sum, madd(x, laid(format, bVaries).load(i32.add(bAt, entry(p.bTerms, k)), l), sum)),
          ]),
          own.store(p.out, l, sum),
        ]),
        set(p.out, i32.add(p.out, own.bytes)),
      ])
    }),
})
