import type { Triangle } from '../../../tensor/linalg/substitution.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { VECTOR } from '../words.ts'
import { integers, type Kernel, type Launch } from './kernel.ts'
import { along, laid } from './laid.ts'

/** A square matrix of this order, and the columns `[order, columns]` that are solved for, in place. */
export interface System {
  readonly order: number
  readonly columns: number
  readonly t: number
  readonly tVaries: boolean
  readonly x: number
  readonly varies: boolean
}

/** Solves T x = b for a triangle of a matrix; x holds b before. */
export const substituteLaunch = (
  { order, columns, t, tVaries, x, varies }: System,
  { lower, transpose, unitDiagonal }: Triangle,
  format: Format,
): Launch => {
  const [element, row] = [laid(format, tVaries).bytes, columns * laid(format, varies).bytes]
  // Rows are gone through from the first or from the last.
  const first = lower !== transpose
  const [from, sign] = first ? [0, 1] : [order - 1, -1]
  const [tRow, tColumn] = transpose ? [element, order * element] : [order * element, element]
  return {
    kernel: substitute(tVaries, varies, unitDiagonal),
    operands: [
      x + from * row,
      t + from * (order + 1) * element,
      order,
      // A matrix of every lane has one element for each lane of a column; one that is shared, for all of a row.
      ...(tVaries ? [row, format.row] : [1, row]),
      sign * row,
      sign * tRow,
      sign * tColumn,
    ],
  }
}

const WIDE = 4

const PARAMETERS = {
  x: 'i32',
  t: 'i32',
  order: 'i32',
  width: 'i32',
  bytes: 'i32',
  row: 'i32',
  tRow: 'i32',
  tColumn: 'i32',
} as const

/** `bytes`: what of a row goes with one element of T, and `width` the bytes of a row that is in several such pieces. */
const substitute = (tVaries: boolean, varies: boolean, unit: boolean): Kernel => ({
  key: `substitute ${tVaries} ${varies} ${unit}`,
  build: (format) =>
    func('substitute', PARAMETERS, 'none', (p) => {
      const { nmadd, div } = format.floats
      const [i, k, l, g, xAt, tAt, here] = integers('i', 'k', 'l', 'g', 'xAt', 'tAt', 'here')
      return forEach(i, { below: p.order }, [
        forEach(g, { below: tVaries ? p.width : 1, step: format.row }, [
          along(format, varies, l, p.bytes, WIDE, ({ load, store }, count) => {
            const sums = Array.from({ length: count }, (_, w) => local('v128', `sum${w}`))
            const factor = local('v128', 'factor')
            const element = (w: number) => (tVaries ? v128.load(i32.add(tAt, l), w * VECTOR) : factor)
            const next = tVaries ? [] : set(factor, format.splatAt(tAt))
            return [
              set(xAt, i32.add(i32.add(p.x, g), l)),
              set(here, i32.add(xAt, i32.mul(i, p.row))),
              set(tAt, i32.add(p.t, i32.mul(i, p.tRow))),
              sums.map((sum, w) => set(sum, load(here, w * VECTOR))),
              forEach(k, { below: i }, [
                next,
                sums.map((sum, w) => set(sum, nmadd(element(w), load(xAt, w * VECTOR), sum))),
                set(tAt, i32.add(tAt, p.tColumn)),
                set(xAt, i32.add(xAt, p.row)),
              ]),
              unit ? [] : [next, sums.map((sum, w) => set(sum, div(sum, element(w))))],
              sums.map((sum, w) => store(here, sum, w * VECTOR)),
            ]
          }),
        ]),
      ])
    }),
})
