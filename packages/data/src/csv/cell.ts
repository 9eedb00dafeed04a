import type { CellFault } from '../error.ts'

/** A decimal number as CSV files write it: no hexadecimal, no digit groups, no decimal comma. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const MISSING = /^(?:[+-]?nan|n\/?a|null|none|-|\?)$/i
const INFINITE = /^[+-]?inf(?:inity)?$/i

/** What the text of a cell is, before anyone knows what its column should hold. */
export type Reading = { readonly number: number } | { readonly fault: CellFault }

const EMPTY: Reading = { fault: 'empty' }
const NOT_A_NUMBER: Reading = { fault: 'notANumber' }
const INFINITY: Reading = { fault: 'infinite' }
const TEXT: Reading = { fault: 'text' }

/** Reads a trimmed cell. A decimal too large for float64 is infinite. */
export const readCell = (text: string): Reading => {
  if (DECIMAL.test(text)) {
    const number = Number(text)
    return Number.isFinite(number) ? { number } : INFINITY
  }
  if (text === '') return EMPTY
  if (MISSING.test(text)) return NOT_A_NUMBER
  return INFINITE.test(text) ? INFINITY : TEXT
}

export const isNumber = (text: string): boolean => DECIMAL.test(text)
/** Text in the proper sense: neither a number nor one of the ways to write that a number is missing or infinite. */
export const isText = (text: string): boolean => {
  const reading = readCell(text)
  return 'fault' in reading && reading.fault === 'text'
}
