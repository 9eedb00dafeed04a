import type { Node } from '../../../tensor/tensor.ts'
import { when } from '../assembler/control.ts'
import { forEach, repeatWhile } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { along, laid } from './laid.ts'

/** Puts row i of `[order, columns]`, which vary or do not, where `order[i]` says: in place. */
export const permuteLaunch = (order: Node, columns: number, x: number, varies: boolean, at: Addresses): Launch => ({
  kernel: permute(order.varies, varies),
  operands: [x, at.readAt(order), order.shape[0]!, columns * laid(at.format, varies).bytes],
})

/**
 * Rows that change places one after another, from the last on: row i with the row that order[i] leads to, over the rows
 * before i. The other way round they would put row order[i] in place i (Fich, Munro & Poblete 1995, Permuting in place).
 */
const permute = (orderVaries: boolean, varies: boolean): Kernel => ({
  key: `permute ${orderVaries} ${varies}`,
  build: (format) =>
    func('permute', { x: 'i32', order: 'i32', count: 'i32', bytes: 'i32' }, 'none', (p) => {
      const { word, row, splatAt, storeFirst } = format
      const [n, i, j, l, c, one, other] = integers('n', 'i', 'j', 'l', 'c', 'one', 'other')
      const [a, b] = [local('v128', 'a'), local('v128', 'b')]
      const step = laid(format, orderVaries).bytes
      const follow = (from: typeof i) => set(j, i32.load(i32.add(i32.add(p.order, l), i32.mul(from, step))))
      const swap = orderVaries
        ? forEach(c, { below: p.bytes, step: row }, [
            set(a, splatAt(i32.add(one, c))),
            set(b, splatAt(i32.add(other, c))),
            storeFirst(i32.add(one, c), b),
            storeFirst(i32.add(other, c), a),
          ])
        : along(format, varies, c, p.bytes, 1, ({ load, store }) => [
            set(a, load(i32.add(one, c))),
            set(b, load(i32.add(other, c))),
            store(i32.add(one, c), b),
            store(i32.add(other, c), a),
          ])
      return forEach(l, { below: orderVaries ? row : 1, step: word }, [
        forEach(n, { below: p.count }, [
          set(i, i32.sub(i32.sub(p.count, 1), n)),
          follow(i),
          repeatWhile(i32.ltS(j, i), follow(j)),
          when(i32.ne(i, j), [
            set(one, i32.add(i32.add(p.x, l), i32.mul(i, p.bytes))),
            set(other, i32.add(i32.add(p.x, l), i32.mul(j, p.bytes))),
            swap,
          ]),
        ]),
      ])
    }),
})
