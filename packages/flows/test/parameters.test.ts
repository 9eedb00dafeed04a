import { evaluate, type HostArray, random, type Tensor } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  countParameters,
  type Declared,
  flattenDeclared,
  type Initial,
  initialValues,
  joinPartition,
  leavesOf,
  mapDeclared,
  type ParameterTree,
  parameter,
  partition,
} from '../src/index.ts'
import { largest } from './draws.ts'

const leaf = fc
  .record({
    size: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    role: fc.constantFrom('trained' as const, 'state' as const),
  })
  .map(({ size, role }) => parameter(size, { kind: 'normal', scale: 1 }, role))
const trees: fc.Arbitrary<ParameterTree> = fc.letrec<{ tree: ParameterTree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'weight', 'shape', 'role'), tie('tree'), { maxKeys: 3 }),
  ),
})).tree

describe('a declared tree', () => {
  test('cut in trained and state leaves and joined again is the same', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const declared: Declared<unknown> = { tree }
        const values = mapDeclared(declared, ({ path }) => path)
        const parts = partition<string>(declared, values)
        expect(joinPartition(declared, parts)).toEqual(values)
        expect(Object.keys(parts.trained).length + Object.keys(parts.state).length).toBe(leavesOf(declared).length)
        for (const { path, parameter: p } of leavesOf(declared))
          expect(p.role === 'trained' ? parts.trained[path] : parts.state[path]).toBe(path)
      }),
    )
  })

  test('counts as many numbers as its values have', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const declared: Declared<unknown> = { tree }
        const values = flattenDeclared<Tensor>(declared, initialValues(declared, random.key(0)))
        const size = values.reduce((total, { shape }) => total + shape.reduce((n, k) => n * k, 1), 0)
        expect(countParameters(declared)).toBe(size)
        expect(countParameters(declared, 'trained') + countParameters(declared, 'state')).toBe(size)
      }),
      { numRuns: 30 },
    )
  })

  test('says which value is missing', () => {
    const declared = { tree: { net: [{ weight: parameter(2, { kind: 'zeros' }) }] } }
    expect(() => flattenDeclared(declared, { net: [{}] })).toThrow(
      'parameters: net.0.weight is declared, but no value was given for it.',
    )
  })
})

describe('initial values', () => {
  const start = (shape: readonly number[], initial: Initial, seed = 1): HostArray =>
    evaluate(initialValues({ tree: parameter(shape, initial) } as Declared<Tensor>, random.key(seed)))
  const moments = (xs: ArrayLike<number>): readonly [mean: number, deviation: number] => {
    const list = Array.from(xs)
    const mean = list.reduce((a, b) => a + b, 0) / list.length
    return [mean, Math.sqrt(list.reduce((total, x) => total + (x - mean) ** 2, 0) / list.length)]
  }

  test('are what they are called', () => {
    expect(Array.from(start([2], { kind: 'zeros' }).data)).toEqual([0, 0])
    expect(Array.from(start([2], { kind: 'ones' }).data)).toEqual([1, 1])
    expect(Array.from(start([2], { kind: 'constant', value: -3 }).data)).toEqual([-3, -3])
    expect(Array.from(start([2, 2], { kind: 'values', values: [1, 2, 3, 4] }).data)).toEqual([1, 2, 3, 4])
    expect(Array.from(start([2, 2], { kind: 'identity' }).data)).toEqual([1, 0, 0, 1])
  })

  test.each([
    ['normal', { kind: 'normal', scale: 0.3, mean: 2 }, 2, 0.3],
    ['uniform', { kind: 'uniform', lower: -1, upper: 3 }, 1, 4 / Math.sqrt(12)],
    ['glorot', { kind: 'glorot' }, 0, Math.sqrt(2 / 200)],
    ['he', { kind: 'he' }, 0, Math.sqrt(2 / 80)],
    ['he with a fan of its own', { kind: 'he', fanIn: 8 }, 0, 0.5],
  ] as const)('%s has the mean and the deviation that it states', (_, initial, mean, deviation) => {
    const [m, s] = moments(start([120, 80], initial).data)
    // 9600 draws: five standard errors.
    expect(Math.abs(m - mean)).toBeLessThan((5 * deviation) / Math.sqrt(9600))
    expect(Math.abs(s / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * 9600))
  })

  test('orthogonal is orthogonal, of either sign, and each entry has variance 1/n', () => {
    const n = 5
    const signs = new Set<boolean>()
    let square = 0
    for (let seed = 0; seed < 60; seed++) {
      const q = start([n, n], { kind: 'orthogonal' }, seed).data
      const rest = Array.from({ length: n * n }, (_, e) => {
        const [i, j] = [Math.floor(e / n), e % n]
        const dot = Array.from({ length: n }, (_, k) => q[i * n + k]! * q[j * n + k]!).reduce((a, b) => a + b, 0)
        return dot - (i === j ? 1 : 0)
      })
      expect(largest(rest)).toBeLessThan(1e-13)
      square += q[0]! ** 2 / 60
      signs.add(q[n * n - 1]! > 0)
    }
    // The square of an entry has mean 1/n and variance 2(n-1)/(n²(n+2)); five standard errors of 60 draws.
    expect(Math.abs(square - 1 / n)).toBeLessThan(5 * Math.sqrt((2 * (n - 1)) / (n * n * (n + 2) * 60)))
    expect(signs.size).toBe(2)
  })

  test('depend on the key and the position of the leaf, not on the shapes of others', () => {
    const two = (first: number): readonly HostArray[] =>
      evaluate(
        initialValues(
          {
            tree: [parameter(first, { kind: 'normal', scale: 1 }), parameter(3, { kind: 'normal', scale: 1 })],
          } as Declared<readonly Tensor[]>,
          random.key(7),
        ),
      ) as readonly HostArray[]
    expect(two(2)[1]).toEqual(two(50)[1])
    expect(start([3], { kind: 'normal', scale: 1 }, 1)).not.toEqual(start([3], { kind: 'normal', scale: 1 }, 2))
  })

  test('that do not fit are refused', () => {
    expect(() => start([2, 3], { kind: 'orthogonal' })).toThrow('orthogonal starts a square matrix, got shape [2, 3]')
    expect(() => start([2], { kind: 'nonsense' } as never)).toThrow('is not an initialiser')
  })
})
