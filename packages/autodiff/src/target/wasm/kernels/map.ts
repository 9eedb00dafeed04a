import type { MapKernel } from '../../../compile/fuse.ts'
import { broadcastStrides, offsetsOf, sizeOf } from '../../../shape.ts'
import { scalarConstant } from '../../../tensor/constant.ts'
import type { DType, Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { type Format, formatOf } from '../format.ts'
import { inScratch } from '../space.ts'
import { wordsOf } from '../values.ts'
import { ENTRY, VECTOR } from '../words.ts'
import { type Addresses, beginningOf, type Launch, lengthOf, type Work } from './kernel.ts'
import { elementName, nodeCode, typeOf } from './rows.ts'

/** Whether a node can be part of a fused kernel: element-wise, with vector code. */
export const isMappable = (node: Node): boolean => anyCode(node) !== undefined

/** What has code has it in every format. */
const anyCode = nodeCode(formatOf('float32', { fma: false }))

/**
 * How an input is read.
 * - `literal`: a number in the code; `single`: one uniform number for all;
 * - `running`: laid out like the results;
 * - `rows`: a row of lanes for each element by a table of offsets; `splats`: a uniform number for each element.
 * - `picked`: where nothing varies, numbers by a table that is laid out like the results.
 */
export type Access =
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'single' | 'running' | 'rows' | 'splats' | 'picked' }

export const accessOf = (x: Node, size: number, varies: boolean, at: Addresses): Access => {
  const value = scalarConstant(x)
  if (value !== undefined) return { kind: 'literal', value }
  if (!x.varies && sizeOf(x.shape) === 1) return { kind: 'single' }
  if (x.varies === varies && sizeOf(x.shape) === size && !at.rowsOf(x)) return { kind: 'running' }
  return { kind: varies ? (x.varies ? 'rows' : 'splats') : 'picked' }
}

/** Bytes of a cache line and a multiple of all vectors: two threads do not write to the same. */
const CUT = 64

/** One pass over the index space; everything between inputs and outputs stays in registers. */
export const mapLaunch = (step: MapKernel, at: Addresses): Launch => {
  const { row, word } = at.format
  const varies = step.nodes[0]!.varies
  const size = sizeOf(step.shape)
  const access = step.inputs.map((x) => accessOf(x, size, varies, at))
  const tabled = access.some(({ kind }) => kind === 'rows' || kind === 'splats')
  const total = tabled ? size : varies ? size * row : Math.ceil((size * word) / VECTOR) * VECTOR
  // What is laid out alike may be cut anywhere; a tile is one thread's.
  const work: Work = { total, unit: varies || tabled ? total : CUT }
  const tables = step.inputs.flatMap((x, k) => {
    const { kind } = access[k]!
    if (kind !== 'rows' && kind !== 'splats' && kind !== 'picked') return []
    const bytes = kind === 'rows' ? row : word
    const rows = at.rowsOf(x)
    const space = step.spaces[k]!
    const offsets = offsetsOf(space, broadcastStrides(x.shape, space)).map((o) => (rows ? rows[o]! : o * bytes))
    return [kind === 'picked' ? beginningOf(work, at.table(inVectors(offsets, at.format))) : at.table(offsets)]
  })
  const pointers = step.inputs.flatMap((x, k) => {
    const { kind } = access[k]!
    if (kind === 'literal') return []
    return [at.rowsOf(x) ? inScratch(0) : kind === 'running' ? beginningOf(work, at.readAt(x)) : at.readAt(x)]
  })
  return {
    kernel: {
      key: keyOf(step, access, tabled),
      build: (format) => build(step, access, tabled, format),
    },
    operands: [...step.outputs.map((x) => beginningOf(work, at.addressOf(x))), ...pointers, ...tables, lengthOf(work)],
  }
}

/** Entries as wide as numbers, in whole vectors. */
const inVectors = (offsets: Int32Array, format: Format): Int32Array => {
  const whole = new Int32Array(Math.ceil(offsets.length / format.width) * format.width)
  whole.set(offsets)
  return wordsOf(whole, 'int', format)
}

export const keyOf = (
  { nodes, head, inputs, outputs, operands }: MapKernel,
  access: readonly Access[],
  tabled: boolean,
): string => {
  const lines = nodes.map((x, n) => `${elementName(x)}:${typeOf(x)}(${operands[n]})`)
  const reads = inputs.map((x, k) => {
    const a = access[k]!
    return a.kind === 'literal' ? `${x.dtype}=${Object.is(a.value, -0) ? '-0' : a.value}` : a.kind
  })
  return `map ${tabled} [${reads}] ${lines.join(' ')} -> ${outputs.map((x) => (x === head ? 'head' : nodes.indexOf(x))).join()}`
}

const build = (step: MapKernel, access: readonly Access[], tabled: boolean, format: Format) => {
  const { row, word, width, splatAt, loadLane } = format
  const { inputs, outputs } = step
  const kindOf = (k: number): Access['kind'] => access[k]!.kind
  const read = [...inputs.keys()].filter((k) => kindOf(k) !== 'literal')
  const withTable = read.filter((k) => ['rows', 'splats', 'picked'].includes(kindOf(k)))
  const names = [
    ...outputs.map((_, o) => `out${o}`),
    ...read.map((k) => `in${k}`),
    ...withTable.map((k) => `table${k}`),
    'count',
  ]
  return func('map', Object.fromEntries(names.map((name) => [name, 'i32' as const])), 'none', (p) => {
    const at = (name: string): Local<'i32'> => p[name]!
    const given = inputs.map((_, k) => local('v128', `x${k}`))
    const vectorOf = (k: number): Code<'v128'> => {
      const a = access[k]!
      return a.kind === 'literal' ? constantOf(format, inputs[k]!.dtype, a.value) : given[k]!
    }
    const i = local('i32', 'i')
    /** Loads what runs along, computes, stores; `pointerOf` says where an input's row begins. */
    const turn = (pointerOf: (k: number) => Code<'i32'>): Body => [
      read
        .filter((k) => kindOf(k) === 'running' || kindOf(k) === 'rows')
        .map((k) => set(given[k]!, v128.load(i32.add(pointerOf(k), i)))),
      read.filter((k) => kindOf(k) === 'picked').map((k) => set(given[k]!, picked(k))),
      ...compute(step, format, vectorOf, (o, value) => v128.store(i32.add(at(`out${o}`), i), value)),
    ]
    /** A number for each lane of the vector that the kernel is at. */
    const picked = (k: number): Code<'v128'> => {
      const entry = i32.add(at(`table${k}`), i)
      const places = Array.from({ length: width }, (_, lane) => i32.add(at(`in${k}`), i32.load(entry, lane * word)))
      return places.slice(1).reduce((v, place, lane) => loadLane(place, v, lane + 1), splatAt(places[0]!))
    }
    const once = read.filter((k) => kindOf(k) === 'single').map((k) => set(given[k]!, splatAt(at(`in${k}`))))
    if (!tabled)
      return [
        once,
        forEach(
          i,
          { below: at('count'), step: VECTOR },
          turn((k) => at(`in${k}`)),
        ),
      ]

    const e = local('i32', 'e')
    const rows = inputs.map((_, k) => local('i32', `row${k}`))
    const fromTable = (k: number): Code<'i32'> => i32.add(at(`in${k}`), i32.load(i32.add(at(`table${k}`), e)))
    const running = [
      ...outputs.map((_, o) => `out${o}`),
      ...read.filter((k) => kindOf(k) === 'running').map((k) => `in${k}`),
    ]
    return [
      once,
      forEach(e, { below: i32.mul(at('count'), ENTRY), step: ENTRY }, [
        withTable.map((k) =>
          kindOf(k) === 'rows' ? set(rows[k]!, fromTable(k)) : set(given[k]!, splatAt(fromTable(k))),
        ),
        forEach(
          i,
          { below: row, step: VECTOR },
          turn((k) => (kindOf(k) === 'rows' ? rows[k]! : at(`in${k}`))),
        ),
        running.map((name) => set(at(name), i32.add(at(name), row))),
      ]),
    ]
  })
}

/**
 * The nodes one after another, each in a variable; outputs are stored as soon as they are there. `given` is the value of
 * the head.
 */
export const compute = (
  { nodes, head, inputs, outputs, operands }: MapKernel,
  format: Format,
  vectorOf: (k: number) => Code<'v128'>,
  store: (output: number, value: Code<'v128'>) => Body,
  given?: Code<'v128'>,
): readonly Body[] => {
  const code = nodeCode(format)
  const values = inputs.map((_, k) => vectorOf(k))
  if (given) values.push(given)
  const first = head ? outputs.indexOf(head) : -1
  const behind = nodes.map((node, n): readonly Body[] => {
    const value = local('v128', `y${n}`)
    const result = code(node)!(...operands[n]!.map((place) => values[place]!))
    values.push(value)
    const output = outputs.indexOf(node)
    return [set(value, result), ...(output < 0 ? [] : [store(output, value)])]
  })
  return [...(first < 0 ? [] : [store(first, given!)]), ...behind]
}

export const constantOf = ({ floats }: Format, dtype: DType, value: number): Code<'v128'> =>
  dtype === 'float' ? floats.constant(value) : i32x4.const(dtype === 'bool' ? (value ? -1 : 0) : value)
