import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { sizeOf } from '../plain.ts'
import { slowThreefry } from '../random/slowThreefry.ts'
import { type Case, shape, whole } from './case.ts'
import { erfInverse } from './special.ts'

type Key = readonly [number, number]
const keyOf = (seed: number): Key => [Math.floor(seed / 2 ** 32), seed % 2 ** 32]
const fold = (key: Key, data: number): Key => slowThreefry(key, [data < 0 ? data + 2 ** 32 : data, 1])
const uniforms = (key: Key, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => (Math.floor(slowThreefry(key, [i >> 1, 0])[i & 1]! / 512) + 0.5) / 2 ** 23)
const signed = (word: number): number => (word >= 2 ** 31 ? word - 2 ** 32 : word)

export const random: readonly Case[] = [
  {
    name: 'random.uniform of a key for each example',
    instance: fc.tuple(fc.maxSafeNat(), shape(0, 2)).map(([seed, s]) => ({
      inputs: {},
      graph: () => d.random.uniform(d.random.foldIn(d.random.key(seed), d.lanes.index()), s),
      meaning: { each: (_, { index }) => ({ shape: s, data: uniforms(fold(keyOf(seed), index), sizeOf(s)) }) },
    })),
  },
  {
    name: 'random.normal of one key',
    instance: fc.tuple(fc.maxSafeNat(), shape(0, 2)).map(([seed, s]) => ({
      inputs: {},
      graph: () => d.random.normal(d.random.key(seed), s),
      meaning: {
        each: () => ({
          shape: s,
          data: uniforms(keyOf(seed), sizeOf(s)).map((u) => Math.SQRT2 * erfInverse(2 * u - 1)),
        }),
      },
      slack: 1e-13,
    })),
  },
  {
    name: 'random.foldIn and random.split',
    instance: fc.tuple(fc.maxSafeNat(), fc.boolean()).map(([seed, varies]) => ({
      inputs: { i: { shape: [], varies, values: whole(-(2 ** 31), 2 ** 31 - 1) } },
      graph: ({ i }) => d.stack([d.random.foldIn(d.random.split(d.random.key(seed), 3)[2]!, i!)]),
      meaning: {
        each: ({ i }) => ({ shape: [1, 2], data: fold(fold(keyOf(seed), 2), i!.data[0]!).map(signed) }),
      },
    })),
  },
]
