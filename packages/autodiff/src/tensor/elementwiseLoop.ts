import { interpret, type Row } from '../scalar/expression.ts'

/**
 * Applies a row to `rows` runs of `length` elements. Of input k, run r starts at `offsets[k][r] * strides[k]`; it
 * advances with the run where `advances[k]` is set, and is one value for the whole run elsewhere.
 */
export type Loop = (
  out: Float64Array,
  inputs: readonly Float64Array[],
  rows: number,
  length: number,
  offsets: readonly Int32Array[],
  strides: readonly number[],
) => void

const loops = new WeakMap<Row, Map<string, Loop>>()

/** A loop of its own for each row and pattern, so that the compiler inlines the row's meaning into it: several times faster than one loop that calls through a variable. */
export const loopOf = (row: Row, advances: readonly boolean[], integer: boolean): Loop => {
  const key = `${advances.map(Number).join('')}${integer ? 'int' : ''}`
  const known = loops.get(row) ?? new Map<string, Loop>()
  loops.set(row, known)
  const loop = known.get(key) ?? printedLoop(row, advances, integer) ?? calledLoop(row, advances, integer)
  known.set(key, loop)
  return loop
}

/** The loop as source text; null where the platform forbids making functions from text. */
const printedLoop = (row: Row, advances: readonly boolean[], integer: boolean): Loop | null => {
  const { statements, result, functions } = printed(row, integer)
  const each = (line: (k: number) => string): string => row.domain.map((_, k) => line(k)).join('')
  const source = `'use strict'
return function ${row.name}(out, inputs, rows, length, offsets, strides) {
  ${each((k) => `const a${k} = inputs[${k}], o${k} = offsets[${k}], s${k} = strides[${k}];`)}
  let at = 0
  for (let r = 0; r < rows; r++) {
    ${each((k) => (advances[k] ? `let i${k} = o${k}[r] * s${k};` : `const x${k} = a${k}[o${k}[r] * s${k}];`))}
    for (const end = at + length; at < end; at++) {
      ${each((k) => (advances[k] ? `const x${k} = a${k}[i${k}++];` : ''))}
      ${statements.join(' ')}
      out[at] = ${result}
    }
  }
}`
  try {
    return new Function(...functions.map((_, i) => `f${i}`), source)(...functions) as Loop
  } catch {
    return null
  }
}

interface Printed {
  readonly statements: readonly string[]
  readonly result: string
  readonly functions: readonly ((...x: number[]) => number)[]
}

/** A row as calls of the meanings of primitive rows, one statement each, on operands `x0`, `x1`, … */
const printed = (row: Row, integer: boolean): Printed => {
  const functions: ((...x: number[]) => number)[] = []
  const statements: string[] = []
  const call = (r: Row, operands: readonly string[]): string => {
    if (r.lowered) return interpret(r.lowered(), operands, printNumber, call)
    const meaning = (integer && r.integer) || r.eval
    if (!functions.includes(meaning)) functions.push(meaning)
    statements.push(`const t${statements.length} = f${functions.indexOf(meaning)}(${operands.join(', ')});`)
    return `t${statements.length - 1}`
  }
  const result = call(
    row,
    row.domain.map((_, k) => `x${k}`),
  )
  return { statements, result, functions }
}

const printNumber = (v: number): string => (Object.is(v, -0) ? '-0' : String(v))

const calledLoop = (row: Row, advances: readonly boolean[], integer: boolean): Loop => {
  const meaning = (integer && row.integer) || row.eval
  const step = advances.map(Number)
  return (out, inputs, rows, length, offsets, strides) => {
    const x = new Array<number>(row.arity)
    for (let r = 0, at = 0; r < rows; r++)
      for (let i = 0; i < length; i++, at++) {
        for (let k = 0; k < row.arity; k++) x[k] = inputs[k]![offsets[k]![r]! * strides[k]! + i * step[k]!]!
        out[at] = meaning(...x)
      }
  }
}
