import { stridesOf } from '../../../shape.ts'
import type { ContractAttributes } from '../../../tensor/contract.ts'
import type { Node } from '../../../tensor/tensor.ts'

/**
 * A contraction as loops: for each of `batch`, `rows` and `columns`, a sum over `terms`. Strides are in elements; a
 * kind of axis with several letters is one loop only where their elements lie evenly.
 */
export interface Product {
  readonly batch: Axis
  readonly rows: Axis
  readonly columns: Axis
  readonly terms: Axis
}
export interface Axis {
  readonly count: number
  readonly a: number
  readonly b: number
  readonly out: number
}

/** An axis that is not there. */
export const NONE: Axis = { count: 1, a: 0, b: 0, out: 0 }

/** Null where several letters of one kind do not lie evenly in all three. */
export const productOf = ({
  attributes: { a, b, out },
  inputs: [x, y],
  shape,
}: Node<ContractAttributes>): Product | null => {
  const lengths = new Map([
    ...[...a].map((l, i) => [l, x!.shape[i]!] as const),
    ...[...b].map((l, i) => [l, y!.shape[i]!] as const),
  ])
  const strides = { a: stridesOf(x!.shape), b: stridesOf(y!.shape), out: stridesOf(shape) }
  const terms = { a, b, out }
  const strideIn = (where: 'a' | 'b' | 'out', letter: string): number => {
    const at = terms[where].indexOf(letter)
    return at < 0 ? 0 : strides[where][at]!
  }
  /** Letters as one axis: each must step by the whole of what comes after it. */
  const axisOf = (letters: readonly string[]): Axis | null => {
    const long = letters.filter((l) => lengths.get(l) !== 1)
    const last = long.at(-1)
    if (last === undefined) return NONE
    const places = ['a', 'b', 'out'] as const
    const even = places.every((where) =>
      long.slice(0, -1).every((l, i) => {
        const after = long.slice(i + 1).reduce((n, m) => n * lengths.get(m)!, 1)
        return strideIn(where, l) === after * strideIn(where, last)
      }),
    )
    if (!even) return null
    return {
      count: long.reduce((n, l) => n * lengths.get(l)!, 1),
      a: strideIn('a', last),
      b: strideIn('b', last),
      out: strideIn('out', last),
    }
  }
  const inA = (l: string): boolean => a.includes(l)
  const inB = (l: string): boolean => b.includes(l)
  const axes = {
    batch: axisOf([...out].filter((l) => inA(l) && inB(l))),
    rows: axisOf([...out].filter((l) => !inB(l))),
    columns: axisOf([...out].filter((l) => !inA(l))),
    terms: axisOf([...a].filter((l) => !out.includes(l))),
  }
  const { batch, rows, columns, terms: summed } = axes
  return batch && rows && columns && summed ? { batch, rows, columns, terms: summed } : null
}

/** The same with a and b changed over. */
export const swapped = ({ batch, rows, columns, terms }: Product): Product => {
  const turn = ({ count, a, b, out }: Axis): Axis => ({ count, a: b, b: a, out })
  return { batch: turn(batch), rows: turn(columns), columns: turn(rows), terms: turn(terms) }
}

/** The same with strides in bytes. */
export const scaled = (
  { batch, rows, columns, terms }: Product,
  bytes: { readonly a: number; readonly b: number; readonly out: number },
): Product => {
  const scale = ({ count, a, b, out }: Axis): Axis => ({
    count,
    a: a * bytes.a,
    b: b * bytes.b,
    out: out * bytes.out,
  })
  return { batch: scale(batch), rows: scale(rows), columns: scale(columns), terms: scale(terms) }
}
