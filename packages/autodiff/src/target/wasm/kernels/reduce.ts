import { sizeOf } from '../../../shape.ts'
import { reduction } from '../../../tensor/broadcast.ts'
import type { DType, Node } from '../../../tensor/tensor.ts'
import type { Body, Local } from '../assembler/code.ts'
import { select } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import { ENTRY, VECTOR } from '../words.ts'
import { type FoldName, foldOf, isFold } from './fold.ts'
import { type Addresses, beginningOf, integers, type Kernel, type Launch, lengthOf, type Work } from './kernel.ts'
import { along, laid, type Side } from './laid.ts'
import { placeAt, placesOf } from './places.ts'
import { BLOCK, reduceBeside } from './reduceBeside.ts'

/** A reduction over event axes; null for any other operation. */
export const reduceLaunch = (node: Node, at: Addresses): Launch | null => {
  const { name } = node.operation
  if (!isFold(name)) return null
  const [x] = node.inputs
  const { varies, dtype, shape } = node
  const { axes } = node.attributes as { readonly axes: readonly number[] }
  const { base, along: terms } = reduction(x!.shape, shape, axes)
  // What follows the last axis that goes lies side by side before and after.
  const row = sizeOf(shape.slice(Math.max(-1, ...axes) + 1))
  const { bytes } = laid(at.format, varies)
  const starts = placesOf(
    base.filter((_, i) => i % row === 0),
    bytes,
    at,
  )
  // Uniform results may be cut for threads: a single row along it, several between them, in pieces of a cache line.
  const single = starts.count === ENTRY
  const along: Work = { total: row * bytes, unit: varies || !single ? row * bytes : CUT }
  const results: Work = {
    total: starts.count,
    unit: varies || single ? starts.count : ENTRY * Math.ceil(CUT / (row * bytes)),
  }
  const scale = (row * bytes) / ENTRY
  const [out, from] = [at.addressOf(node), at.readAt(x!)]
  const operands = [
    single ? beginningOf(along, out) : beginningOf(results, out, scale),
    single ? beginningOf(along, from) : starts.even ? beginningOf(results, from, starts.operand) : from,
    starts.even ? starts.operand : beginningOf(results, starts.operand),
  ]
  const atOnce = name === 'sum' ? BLOCK * at.format.width : at.format.width
  if (!varies && row === 1 && isBeside(terms) && terms.length >= atOnce)
    return { kernel: reduceBeside(name, dtype, starts.even), operands: [...operands, lengthOf(results), terms.length] }
  const steps = placesOf(terms, bytes, at)
  return {
    kernel: kernelFor({
      name,
      dtype,
      varies,
      evenStarts: starts.even,
      evenSteps: steps.even,
      blocks: name === 'sum' && terms.length > BLOCK,
    }),
    operands: [...operands, steps.operand, lengthOf(results), steps.count, lengthOf(along)],
  }
}

/** Bytes of a cache line. */
const CUT = 64

const isBeside = (terms: Int32Array): boolean => terms.every((offset, i) => offset === i)

interface Reduction {
  readonly name: FoldName
  readonly dtype: DType
  readonly varies: boolean
  readonly evenStarts: boolean
  readonly evenSteps: boolean
  readonly blocks: boolean
}

/** Vectors that are summed up beside each other, so that one addition need not wait for another. */
const WIDE = 4

const PARAMETERS = {
  out: 'i32',
  x: 'i32',
  starts: 'i32',
  steps: 'i32',
  results: 'i32',
  terms: 'i32',
  bytes: 'i32',
} as const

const kernelFor = ({ name, dtype, varies, evenStarts, evenSteps, blocks }: Reduction): Kernel => ({
  key: `reduce ${name} ${dtype} ${varies} ${evenStarts} ${evenSteps} ${blocks}`,
  build: (format) =>
    func(`reduce_${name}`, PARAMETERS, 'none', (p) => {
      const { none, of } = foldOf(format, name, dtype)
      const [o, l, r, start, from, first, end] = integers('o', 'l', 'r', 'start', 'from', 'first', 'end')
      const named = (what: string, count: number): readonly Local<'v128'>[] =>
        Array.from({ length: count }, (_, w) => local('v128', `${what}${w}`))
      const clear = (totals: readonly Local<'v128'>[]): Body => totals.map((total) => set(total, none))
      const addTerms = (totals: readonly Local<'v128'>[], load: Side['load']): Body => [
        set(from, i32.add(i32.add(start, l), placeAt(evenSteps, p.steps, r))),
        totals.map((total, w) => set(total, of(total, load(from, w * VECTOR)))),
      ]
      return forEach(o, { below: p.results, step: ENTRY }, [
        set(start, i32.add(p.x, placeAt(evenStarts, p.starts, o))),
        along(format, varies, l, p.bytes, WIDE, ({ load, store }, count) => {
          const [totals, block] = [named('total', count), named('block', count)]
          return [
            clear(totals),
            blocks
              ? forEach(first, { below: p.terms, step: BLOCK * ENTRY }, [
                  clear(block),
                  set(end, i32.add(first, BLOCK * ENTRY)),
                  set(end, select(i32.ltS(end, p.terms), end, p.terms)),
                  forEach(r, { from: first, below: end, step: ENTRY }, addTerms(block, load)),
                  totals.map((total, w) => set(total, of(total, block[w]!))),
                ])
              : forEach(r, { below: p.terms, step: ENTRY }, addTerms(totals, load)),
            totals.map((total, w) => store(i32.add(p.out, l), total, w * VECTOR)),
          ]
        }),
        set(p.out, i32.add(p.out, p.bytes)),
      ])
    }),
})
