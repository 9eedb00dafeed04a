import { mistake, showShape } from '../error.ts'
import { threefry2x32, threefryWords } from '../random/threefry.ts'
import { type Shape, sizeOf } from '../shape.ts'
import { constant } from './constant.ts'
import { erfInverse, mul, sub } from './elementwise.ts'
import { anyVaries, make, type Operation } from './operation.ts'
import { type Node, nodeOf, type Tensor } from './tensor.ts'

// A key is an int tensor [2]. Word j of element i of a draw is Threefry(key, [i >> 1, 0])[i & 1]; keys are derived with
// a second counter word of 1, so that no draw and no derived key share a block. A word's top 23 bits give a number.

const wantsKey = (operation: string, key: Node): void => {
  if (key.dtype !== 'int' || key.shape.length !== 1 || key.shape[0] !== 2)
    mistake(`random.${operation}: a key is an int tensor [2], got ${key.dtype} ${showShape(key.shape)}.`)
}

export const uniformOperation: Operation<{ readonly shape: Shape }> = {
  name: 'uniform',
  infer: ({ shape }, [key]) => {
    wantsKey('uniform', key!)
    return { shape, dtype: 'float', varies: key!.varies }
  },
  reverse: () => [null],
  forward: () => [null],
  kernel: ({ attributes: { shape }, inputs: [key] }) => {
    const size = sizeOf(shape)
    const words = new Uint32Array(size)
    return ([out], [k], lanes) => {
      const n = key!.varies ? lanes : 1
      for (let l = 0; l < n; l++) {
        threefryWords(k![l]!, k![n + l]!, words)
        for (let e = 0; e < size; e++) out![e * n + l] = ((words[e]! >>> 9) + 0.5) * 2 ** -23
      }
    }
  },
  show: ({ shape }) => showShape(shape),
}

export const foldInOperation: Operation<null> = {
  name: 'foldIn',
  infer: (_, inputs) => {
    wantsKey('foldIn', inputs[0]!)
    if (inputs[1]!.dtype !== 'int' || inputs[1]!.shape.length > 0)
      mistake(`random.foldIn: takes one integer, got ${inputs[1]!.dtype} ${showShape(inputs[1]!.shape)}.`)
    return { shape: [2], dtype: 'int', varies: anyVaries(inputs) }
  },
  reverse: () => [null, null],
  forward: () => [null],
  kernel: ({ inputs: [key, data], varies }) => {
    const strideOf = (x: Node, n: number): readonly [number, number] => (x.varies ? [n, 1] : [1, 0])
    return ([out], [k, d], lanes) => {
      const n = varies ? lanes : 1
      const [nk, sk] = strideOf(key!, n)
      const sd = data!.varies ? 1 : 0
      for (let l = 0; l < n; l++) {
        const [a, b] = threefry2x32([k![l * sk]!, k![nk + l * sk]!], [d![l * sd]!, 1])
        out![l] = a | 0
        out![n + l] = b | 0
      }
    }
  },
}

/**
 * The key of a seed: an integer tensor `[2]`, the seed's high and low 32 bits.
 * @throws when the seed is no whole number from 0 to 2^53 - 1
 */
const key = (seed: number): Tensor => {
  if (!Number.isSafeInteger(seed) || seed < 0)
    mistake(`random.key: a seed is a whole number from 0 to 2^53 - 1, got ${seed}.`)
  return constant([Math.floor(seed / 2 ** 32) | 0, seed | 0], [2], 'int')
}

/**
 * A key for each number (an integer `[]`), independent of the key itself: `foldIn(key, lanes.index())` gives every example
 * its own.
 */
const foldIn = <A extends string = never, B extends string = never>(
  parent: Tensor<A>,
  data: Tensor<B> | number,
): Tensor<A | B> =>
  make(foldInOperation, null, [nodeOf(parent), nodeOf(typeof data === 'number' ? constant(data, [], 'int') : data)])

/** `n` independent keys: those of `foldIn` with 0 … n-1. */
const split = <A extends string = never>(parent: Tensor<A>, n: number): readonly Tensor<A>[] =>
  Array.from({ length: n }, (_, i) => foldIn(parent, i))

/**
 * `shape` numbers uniform in (0, 1), varying as the key does: (top 23 bits + 1/2) · 2^-23, never 0 or 1. These numbers,
 * and 2u - 1 of them, are exact in float32; with 24 bits the last would be rounded to 1, whose normal is infinite.
 */
const uniform = <A extends string = never>(k: Tensor<A>, shape: Shape): Tensor<A> =>
  make(uniformOperation, { shape }, [nodeOf(k)])

/** `shape` standard normal numbers, √2 erf⁻¹(2u - 1) of a uniform u. */
const normal = <A extends string = never>(k: Tensor<A>, shape: Shape): Tensor<A> =>
  mul(Math.SQRT2, erfInverse(sub(mul(2, uniform(k, shape)), 1)))

/** Counter-based random numbers: the same key gives the same numbers on every target, tile and thread count. A key varies like any tensor. */
export const random = { key, split, foldIn, uniform, normal } as const
