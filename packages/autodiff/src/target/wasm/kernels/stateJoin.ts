import { sizeOf } from '../../../shape.ts'
import type { Join } from '../../../tensor/lanes.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { type Format, floatOf, lanesBelow } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { RECORD } from '../record.ts'
import { inState } from '../space.ts'
import { VECTOR } from '../words.ts'
import { acrossLanes } from './fold.ts'
import type { JoinLaunches } from './join.ts'
import { type Addresses, integers, type Kernel } from './kernel.ts'
import { type Over, rowBytes, type StateCode, stateCode } from './states.ts'

// In memory the state of a part is the number of lanes in it, in a vector of its own, and then each number for all
// elements. It begins as zeros: where no lane is in it, what comes first is taken as it is.

const HEAD = VECTOR

/** Bytes of the state of a join that is made of several numbers; 0 for any other. */
export const stateJoinBytes = (node: Node, format: Format): number => {
  const code = stateCode(node)?.(format)
  return code ? HEAD + code.numbers * rowBytes(node, format) : 0
}

/** A join by its state; null for any other. */
export const stateJoin = (node: Node, offset: number, stride: number, at: Addresses): JoinLaunches | null => {
  const code = stateCode(node)
  if (!code) return null
  const { format } = at
  const key = `${(node.attributes as { readonly join: Join }).join.name} ${node.dtype} over lanes`
  const bytes = rowBytes(node, format)
  return {
    absorb: [
      {
        kernel: absorb(key, code),
        operands: [inState(offset), at.readAt(node.inputs[0]!), sizeOf(node.shape) * format.word, bytes, 'lanes'],
      },
    ],
    finish: {
      kernel: finish(key, code),
      operands: [at.addressOf(node), { record: RECORD.states }, offset, bytes, stride, { record: RECORD.parts }],
    },
  }
}

const variables = (what: string, count: number): readonly Local<'v128'>[] =>
  Array.from({ length: count }, (_, k) => local('v128', `${what}${k}`))

const setAll = (to: readonly Local<'v128'>[], values: readonly Vector[]): Body =>
  to.map((variable, k) => set(variable, values[k]!))

const absorb = (key: string, code: (format: Format) => StateCode): Kernel => ({
  key,
  build: (format) =>
    func('absorb', { state: 'i32', x: 'i32', size: 'i32', bytes: 'i32', lanes: 'i32' }, 'none', (p) => {
      const { row, word, width, splatAt, storeFirst, floats } = format
      const { numbers, ofTile, join } = code(format)
      const [e, l, whole, rest, before, here] = integers('e', 'l', 'whole', 'rest', 'before', 'here')
      const [mask, count, old] = [local('v128', 'mask'), local('v128', 'count'), local('v128', 'old')]
      const [kept, next] = [variables('kept', numbers), variables('next', numbers)]
      const over: Over = (into, fold, of) => [
        set(into, fold.none),
        forEach(l, { below: whole, step: VECTOR }, set(into, fold.of(into, of(v128.load(i32.add(p.x, l)))))),
        // Lanes that pad the last tile are left out.
        when(rest, set(into, fold.of(into, floats.select(mask, of(v128.load(i32.add(p.x, l))), fold.none)))),
        set(into, acrossLanes(format, fold, into)),
      ]
      const { body, numbers: tile } = ofTile(over, count)
      /** A number of the element, which the kernel stands at. */
      const place = (k: number): Code<'i32'> => i32.add(here, i32.mul(p.bytes, k))
      return [
        set(whole, i32.mul(i32.and(p.lanes, -width), word)),
        set(rest, i32.and(p.lanes, width - 1)),
        set(mask, lanesBelow(format, rest)),
        set(before, i32.load(p.state)),
        set(count, floatOf(format, p.lanes)),
        set(old, floatOf(format, before)),
        forEach(e, { below: p.size, step: word }, [
          body,
          set(here, i32.add(i32.add(p.state, HEAD), e)),
          when(before, [
            kept.map((number, k) => set(number, splatAt(place(k)))),
            setAll(next, join({ numbers: kept, count: old }, { numbers: tile, count })),
            setAll(tile, next),
          ]),
          tile.map((number, k) => storeFirst(place(k), number)),
          set(p.x, i32.add(p.x, row)),
        ]),
        i32.store(p.state, i32.add(before, p.lanes)),
      ]
    }),
})

/** The states of the parts 0, 1, … as one, in this order, whoever worked on them. */
const finish = (key: string, code: (format: Format) => StateCode): Kernel => ({
  key: `finish ${key}`,
  build: (format) =>
    func(
      'finish',
      { out: 'i32', states: 'i32', offset: 'i32', bytes: 'i32', stride: 'i32', parts: 'i32' },
      'none',
      (p) => {
        const { numbers, join, finish } = code(format)
        const [e, k, from, lanes, more] = integers('e', 'k', 'from', 'lanes', 'more')
        const [kept, other, next] = ['kept', 'other', 'next'].map((what) => variables(what, numbers))
        const [count, otherCount] = [local('v128', 'count'), local('v128', 'otherCount')]
        const read = (into: readonly Local<'v128'>[]): Body =>
          into.map((number, n) => set(number, v128.load(i32.add(i32.add(from, i32.mul(p.bytes, n)), e), HEAD)))
        return [
          set(p.states, i32.add(p.states, p.offset)),
          forEach(e, { below: p.bytes, step: VECTOR }, [
            set(from, p.states),
            read(kept!),
            set(lanes, i32.load(from)),
            forEach(k, { from: 1, below: p.parts }, [
              set(from, i32.add(from, p.stride)),
              read(other!),
              set(more, i32.load(from)),
              set(count, floatOf(format, lanes)),
              set(otherCount, floatOf(format, more)),
              setAll(next!, join({ numbers: kept!, count }, { numbers: other!, count: otherCount })),
              setAll(kept!, next!),
              set(lanes, i32.add(lanes, more)),
            ]),
            set(count, floatOf(format, lanes)),
            v128.store(i32.add(p.out, e), finish({ numbers: kept!, count })),
          ]),
        ]
      },
    ),
})
