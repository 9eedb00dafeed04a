import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { VECTOR } from '../words.ts'
import { integers } from './kernel.ts'
import { along, forLanes, laid } from './laid.ts'

// Square matrices at addresses, of every lane or one for all, for kernels that work on several in turn.

const WIDE = 4

/** A B + c 1, for the number c at an address; it may not lie where A or B does. */
export const productFunction = ({ varies }: { readonly varies: boolean }, format: Format) =>
  func('matrixProduct', { out: 'i32', a: 'i32', b: 'i32', c: 'i32', order: 'i32' }, 'none', (p) => {
    const { floats, row: lanes, splatAt } = format
    const { madd, add, constant } = floats
    const { bytes, load, store } = laid(format, varies)
    const [i, k, g, l, row, aAt, bAt, here] = integers('i', 'k', 'g', 'l', 'row', 'aAt', 'bAt', 'here')
    const factor = local('v128', 'factor')
    return [
      set(row, i32.mul(p.order, bytes)),
      forEach(i, { below: p.order }, [
        // What is one for all goes with a whole row; what every lane has of its own, with one element.
        forEach(g, { below: varies ? row : 1, step: lanes }, [
          along(format, varies, l, varies ? lanes : row, WIDE, (side, count) => {
            const sums = Array.from({ length: count }, (_, w) => local('v128', `sum${w}`))
            return [
              set(aAt, i32.add(p.a, i32.mul(i, row))),
              varies ? set(aAt, i32.add(aAt, l)) : [],
              set(bAt, i32.add(i32.add(p.b, g), l)),
              sums.map((sum) => set(sum, constant(0))),
              forEach(k, { below: p.order }, [
                varies ? [] : set(factor, splatAt(aAt)),
                sums.map((sum, w) =>
                  set(sum, madd(varies ? v128.load(aAt, w * VECTOR) : factor, side.load(bAt, w * VECTOR), sum)),
                ),
                set(aAt, i32.add(aAt, bytes)),
                set(bAt, i32.add(bAt, row)),
              ]),
              set(here, i32.add(i32.add(i32.add(p.out, i32.mul(i, row)), g), l)),
              sums.map((sum, w) => side.store(here, sum, w * VECTOR)),
            ]
          }),
        ]),
        set(here, i32.add(i32.add(p.out, i32.mul(i, row)), i32.mul(i, bytes))),
        set(factor, splatAt(p.c)),
        forLanes(format, varies, l, store(here, l, add(load(here, l), factor))),
      ]),
    ]
  })
