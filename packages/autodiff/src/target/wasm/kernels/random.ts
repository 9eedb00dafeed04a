import { sizeOf } from '../../../shape.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { shuffle32 } from '../assembler/instructions/i8x16.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { forLanes, type Laid, laid } from './laid.ts'

/** Draws and derived keys; null for any other operation. */
export const randomLaunch = (node: Node, at: Addresses): Launch | null => {
  const [key, data] = node.inputs
  switch (node.operation.name) {
    case 'uniform':
      return {
        kernel: key!.varies ? uniform : uniformOfOne,
        operands: [at.addressOf(node), at.readAt(key!), sizeOf(node.shape)],
      }
    case 'foldIn':
      return {
        kernel: foldIn(key!.varies, data!.varies),
        operands: [at.addressOf(node), at.readAt(key!), at.readAt(data!)],
      }
    default:
      return null
  }
}

type Vector = Local<'v128'>

/** Of Threefry-2x32 (Salmon et al. 2011, table 2): how far each of eight rounds rotates; they are run through twice and a half. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const
const ROUNDS = 20
const PARITY = 0x1bd11bda

/** Four blocks at once: x and y hold the counter before and the two words after. */
const threefry = (key0: Code<'v128'>, key1: Code<'v128'>, x: Vector, y: Vector): Body => {
  const keys = ['a', 'b', 'c'].map((name) => local('v128', name)) as [Vector, Vector, Vector]
  const [a, b, c] = keys
  const round = (r: number): Body => {
    const turn = ROTATIONS[r % 8]!
    const group = (r + 1) / 4
    return [
      set(x, i32x4.add(x, y)),
      set(y, v128.xor(x, v128.or(i32x4.shl(y, turn), i32x4.shrU(y, 32 - turn)))),
      // After every fourth round the next two key words come in, with the number of the group.
      Number.isInteger(group)
        ? [
            set(x, i32x4.add(x, keys[group % 3]!)),
            set(y, i32x4.add(i32x4.add(y, keys[(group + 1) % 3]!), i32x4.const(group))),
          ]
        : [],
    ]
  }
  return [
    set(a, key0),
    set(b, key1),
    set(c, v128.xor(v128.xor(a, b), i32x4.const(PARITY))),
    set(x, i32x4.add(x, a)),
    set(y, i32x4.add(y, b)),
    Array.from({ length: ROUNDS }, (_, r) => round(r)),
  ]
}

/** A word's top 23 bits and a half, times 2^-23: exact in float32, never 0 or 1. */
const toUniform = ({ floats: { add, mul }, toFloat }: Format, word: Code<'v128'>): Code<'v128'> =>
  mul(add(toFloat(i32x4.shrU(word, 9)), 0.5), 2 ** -23)

/** Numbers of a and b in turns: the first vector of them, or the second. */
const inTurns = ({ width }: Format, a: Vector, b: Vector, half: 0 | 1): Code<'v128'> =>
  shuffle32(
    a,
    b,
    (width === 4 ? [0, 4, 1, 5] : [0, 1, 4, 5]).map((lane) => lane + 2 * half),
  )

const uniform: Kernel = {
  key: 'uniform',
  build: (format) =>
    func('uniform', { out: 'i32', key: 'i32', size: 'i32' }, 'none', (p) => {
      const { row } = format
      const [e, l] = integers('e', 'l')
      const [x, y] = [local('v128', 'x'), local('v128', 'y')]
      return forEach(e, { below: p.size, step: 2 }, [
        forEach(l, { below: row, step: VECTOR }, [
          // Element i is word i & 1 of block i >> 1.
          set(x, i32x4.splat(i32.shrU(e, 1))),
          set(y, i32x4.const(0)),
          threefry(v128.load(i32.add(p.key, l)), v128.load(i32.add(p.key, l), row), x, y),
          v128.store(i32.add(p.out, l), toUniform(format, x)),
          when(i32.ltS(i32.add(e, 1), p.size), v128.store(i32.add(p.out, l), toUniform(format, y), row)),
        ]),
        set(p.out, i32.add(p.out, 2 * row)),
      ])
    }),
}

/** From one key: the lanes are blocks one after another, whose words take turns. */
const uniformOfOne: Kernel = {
  key: 'uniform of one key',
  build: (format) =>
    func('uniformOfOne', { out: 'i32', key: 'i32', size: 'i32' }, 'none', (p) => {
      const { word, width, splatAt, upwards } = format
      const [e] = integers('e')
      const [x, y] = [local('v128', 'x'), local('v128', 'y')]
      const [first, second] = [local('v128', 'first'), local('v128', 'second')]
      const [even, odd] = [local('v128', 'even'), local('v128', 'odd')]
      // Values are whole vectors in memory, so that the last may be written as one.
      const write = (half: 0 | 1): Body =>
        v128.store(i32.add(p.out, i32.mul(e, word)), inTurns(format, even, odd, half), half * VECTOR)
      return [
        set(first, splatAt(p.key)),
        set(second, splatAt(p.key, word)),
        forEach(e, { below: p.size, step: 2 * width }, [
          set(x, i32x4.add(i32x4.splat(i32.shrU(e, 1)), upwards)),
          set(y, i32x4.const(0)),
          threefry(first, second, x, y),
          set(even, toUniform(format, x)),
          set(odd, toUniform(format, y)),
          write(0),
          when(i32.ltS(i32.add(e, width), p.size), write(1)),
        ]),
      ]
    }),
}

const foldIn = (keyVaries: boolean, dataVaries: boolean): Kernel => ({
  key: `foldIn ${keyVaries} ${dataVaries}`,
  build: (format) =>
    func('foldIn', { out: 'i32', key: 'i32', data: 'i32' }, 'none', (p) => {
      const varies = keyVaries || dataVaries
      const [out, key, data] = [varies, keyVaries, dataVaries].map((v) => laid(format, v)) as [Laid, Laid, Laid]
      const [l] = integers('l')
      const [x, y] = [local('v128', 'x'), local('v128', 'y')]
      return forLanes(format, varies, l, [
        set(x, data.load(p.data, l)),
        set(y, i32x4.const(1)),
        threefry(key.load(p.key, l), key.load(p.key, l, key.bytes), x, y),
        out.store(p.out, l, x),
        out.store(p.out, l, y, out.bytes),
      ])
    }),
})
