import { luOperation } from '../../../tensor/linalg/lu.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { memory } from '../assembler/instructions/memory.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { elements, forLanes, laid, type Side } from './laid.ts'

/** LU factors with partial pivoting; null for any other operation. */
export const luLaunch = (node: Node, at: Addresses): Launch | null => {
  if (node.operation !== (luOperation as Operation)) return null
  const [l, u, p] = [0, 1, 2].map((output) => at.addressOf(node, output)) as [number, number, number]
  return factorLaunch({ l, u, p, a: at.readAt(node.inputs[0]!) }, node.shape[0]!, node.varies, at.format)
}

/** The factors of a matrix of this order, at addresses. */
export const factorLaunch = (
  { l, u, p, a }: Readonly<Record<'l' | 'u' | 'p' | 'a', number>>,
  order: number,
  varies: boolean,
  format: Format,
): Launch => ({ kernel: lu(varies), operands: [l, u, p, a, order, order * order * laid(format, varies).bytes] })

const PARAMETERS = { l: 'i32', u: 'i32', p: 'i32', a: 'i32', order: 'i32', size: 'i32' } as const

/** Both factors are made in place of U and then parted; every lane has pivots of its own, so rows change places lane by lane. */
const lu = (varies: boolean): Kernel => ({
  key: `lu ${varies}`,
  build: (format) =>
    func('lu', PARAMETERS, 'none', (p) => {
      const { abs, gt, eq, div, nmadd, select, anyTrue, constant } = format.floats
      const { bytes, load, store } = laid(format, varies)
      const [i, j, k, lane, row, rowI, rowK] = integers('i', 'j', 'k', 'lane', 'row', 'rowI', 'rowK')
      const [value, other, best, where] = vectors('value', 'other', 'best', 'where')
      const [larger, here, top, none, factor] = vectors('larger', 'here', 'top', 'none', 'factor')
      const times = (n: Code<'i32'>): Code<'i32'> => i32.mul(n, bytes)
      const below = (body: Body): Body =>
        forEach(i, { from: i32.add(k, 1), below: p.order }, [set(rowI, i32.add(p.u, i32.mul(i, row))), body])
      /** Elements of column k. */
      const [inK, inI] = [i32.add(rowK, times(k)), i32.add(rowI, times(k))]
      /** Of row k and row i, in the lanes whose pivot is in row i. */
      const exchange = (one: Code<'i32'>, another: Code<'i32'>, { load, store }: Side): Body => [
        set(value, load(one)),
        set(other, load(another)),
        store(one, select(here, other, value)),
        store(another, select(here, value, other)),
      ]
      const own: Side = {
        load: (address) => load(address, lane),
        store: (address, v) => store(address, lane, v),
      }
      const pivot = [
        set(best, abs(load(inK, lane))),
        set(where, i32x4.splat(k)),
        below([
          set(value, abs(load(inI, lane))),
          set(larger, gt(value, best)),
          set(best, select(larger, value, best)),
          set(where, v128.bitselect(i32x4.splat(i), where, larger)),
        ]),
        below([
          set(here, format.masks(i32x4.eq(where, i32x4.splat(i)))),
          when(anyTrue(here), [
            elements(format, varies, lane, j, row, (side) => exchange(i32.add(rowK, j), i32.add(rowI, j), side)),
            exchange(i32.add(p.p, times(k)), i32.add(p.p, times(i)), own),
          ]),
        ]),
      ]
      const eliminate = [
        set(top, load(inK, lane)),
        set(none, eq(top, 0)),
        below([
          // A column of zeros needs no elimination.
          set(value, load(inI, lane)),
          set(factor, select(none, 0, div(value, top))),
          store(inI, lane, select(none, value, factor)),
          elements(format, varies, lane, j, times(i32.sub(i32.sub(p.order, 1), k)), ({ load, store }) => {
            const [over, under] = [inK, inI].map((at) => i32.add(i32.add(at, bytes), j)) as [Code<'i32'>, Code<'i32'>]
            return store(under, nmadd(factor, load(over), load(under)))
          }),
        ]),
      ]
      const part = forEach(i, { below: p.order }, [
        set(rowI, i32.mul(i, row)),
        elements(format, varies, lane, j, times(i), ({ load, store }) => {
          const [inL, inU] = [p.l, p.u].map((m) => i32.add(i32.add(m, rowI), j)) as [Code<'i32'>, Code<'i32'>]
          return [store(inL, load(inU)), store(inU, constant(0))]
        }),
        store(i32.add(i32.add(p.l, rowI), times(i)), lane, constant(1)),
      ])
      return [
        memory.copy(p.u, p.a, p.size),
        memory.fill(p.l, 0, p.size),
        set(row, times(p.order)),
        forLanes(format, varies, lane, [
          forEach(i, { below: p.order }, store(i32.add(p.p, times(i)), lane, i32x4.splat(i))),
          forEach(k, { below: p.order }, [set(rowK, i32.add(p.u, i32.mul(k, row))), pivot, eliminate]),
          part,
        ]),
      ]
    }),
})

const vectors = <const N extends readonly string[]>(...names: N): { readonly [K in keyof N]: Local<'v128'> } =>
  names.map((name) => local('v128', name)) as { readonly [K in keyof N]: Local<'v128'> }
