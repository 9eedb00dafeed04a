import type { MapKernel } from '../../../compile/fuse.ts'
import { sizeOf } from '../../../shape.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { VECTOR } from '../words.ts'
import type { Addresses, LaunchOperand } from './kernel.ts'
import { type Access, accessOf, compute, constantOf, keyOf } from './map.ts'

// What follows a product while its results are in registers: a bias and an activation, or a derivative's mask. All that
// is read or written has the places of the product's results: rows of lanes in scratch are as far beyond the product's
// own as the two values are apart, and uniform numbers lie as results do, a word each where those have a row.

/** Element-wise work behind a product, as parameters of its kernel, what those are, and code. */
export interface Epilogue {
  readonly key: string
  /** Where results are written. */
  readonly out: number
  readonly parameters: readonly string[]
  readonly operands: readonly LaunchOperand[]
  /** For the vectors `sums` of one row of results that begin at an address. */
  code(format: Format, parameters: Parameters, at: Local<'i32'>, sums: readonly Local<'v128'>[]): Body
}
type Parameters = Readonly<Record<string, Local<'i32'>>>

export const epilogueOf = (step: MapKernel, at: Addresses): Epilogue => {
  const access = step.inputs.map((x) => (x.varies ? accessOf(x, sizeOf(step.shape), true, at) : besideOf(x, at)))
  const out = at.addressOf(step.outputs[0]!)
  const read = access.flatMap(({ kind }, k) => (kind === 'literal' ? [] : [k]))
  return {
    key: keyOf(step, access, false),
    out,
    parameters: ['origin', ...read.map((k) => `in${k}`), ...step.outputs.map((_, o) => `out${o}`)],
    operands: [
      out,
      ...read.map((k) => at.readAt(step.inputs[k]!) - (access[k]!.kind === 'running' ? out : 0)),
      ...step.outputs.map((x) => at.addressOf(x) - out),
    ],
    code: (format, p, here, sums) => codeOf(step, access, format, p, here, sums),
  }
}

/** A uniform value is one number, or one for each result. */
const besideOf = (x: MapKernel['inputs'][number], at: Addresses): Access => {
  const access = accessOf(x, sizeOf(x.shape), true, at)
  return access.kind === 'rows' ? { kind: 'splats' } : access
}

const codeOf = (
  step: MapKernel,
  access: readonly Access[],
  format: Format,
  p: Parameters,
  here: Local<'i32'>,
  sums: readonly Local<'v128'>[],
): Body => {
  const { tile, word, splatAt } = format
  const { inputs } = step
  const numbers = inputs.map((_, k) => local('v128', `n${k}`))
  // Rows are `tile` times as long as words; where in its row the vector is does not count.
  const element = i32.and(i32.shrU(i32.sub(here, p.origin!), Math.log2(tile)), -word)
  const once = access.map(({ kind }, k): Body => {
    if (kind === 'single') return set(numbers[k]!, splatAt(p[`in${k}`]!))
    return kind === 'splats' ? set(numbers[k]!, splatAt(i32.add(p[`in${k}`]!, element))) : []
  })
  const [readAt, writeAt] = [addresses('readAt', inputs.length), addresses('writeAt', step.outputs.length)]
  const places = [
    access.map(({ kind }, k) => (kind === 'running' ? set(readAt[k]!, i32.add(here, p[`in${k}`]!)) : [])),
    step.outputs.map((_, o) => set(writeAt[o]!, i32.add(here, p[`out${o}`]!))),
  ]
  // Stores come last, those of neighbours beside each other: then a compiler may make one of two.
  const stores: Body[][] = step.outputs.map(() => [])
  const each = sums.map((sum, w) => {
    const vectorOf = (k: number): Code<'v128'> => {
      const a = access[k]!
      if (a.kind === 'literal') return constantOf(format, inputs[k]!.dtype, a.value)
      return a.kind === 'running' ? v128.load(readAt[k]!, w * VECTOR) : numbers[k]!
    }
    const storeLater = (o: number, value: Code<'v128'>): Body => {
      stores[o]!.push(v128.store(writeAt[o]!, value, w * VECTOR))
      return []
    }
    return compute(step, format, vectorOf, storeLater, sum)
  })
  return [once, places, each, stores]
}

const addresses = (name: string, count: number): readonly Local<'i32'>[] =>
  Array.from({ length: count }, (_, k) => local('i32', `${name}${k}`))
