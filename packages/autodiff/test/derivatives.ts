import { expect } from 'vitest'
import { jvp, vjp } from '../src/derive/grad.ts'
import { sizeOf } from '../src/shape.ts'
import type { HostArray } from '../src/target/engine.ts'
import { evaluateAt } from '../src/target/evaluate.ts'
import { constant } from '../src/tensor/constant.ts'
import type { Example } from '../src/tensor/tensor.ts'
import { tree } from '../src/tensor/tensorTree.ts'

export type Arrays = Readonly<Record<string, HostArray>>
export type Tensors = Readonly<Record<string, Example>>
export type Results = Example | readonly Example[] | Tensors

/** Numbers in (-1, 1) that look random and never change. */
export const numbers = (count: number, seed: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453
    return 2 * (x - Math.floor(x)) - 1
  })

export const uniform = (data: ArrayLike<number>, shape: readonly number[]): HostArray => ({
  data: Float64Array.from(data),
  shape,
})
/** Data in the layout `[...shape, lanes]`. */
export const varying = (data: ArrayLike<number>, shape: readonly number[], lanes: number): HostArray => ({
  data: Float64Array.from(data),
  shape,
  lanes,
})

type F = (x: Tensors) => Results
type Floats = readonly Float64Array[]

// The types of trees are of no use here.
const run = evaluateAt as unknown as (f: (x: never) => readonly Example[], at: unknown) => readonly HostArray[]
/** Values of a list of results. */
export const valuesOf = (f: (x: never) => readonly Example[], at: unknown): Floats =>
  run(f, at).map(({ data }) => Float64Array.from(data))

const leaves = (x: unknown): readonly Example[] => tree.flatten(x).map(({ value }) => value)
const weightsFor = (list: readonly Example[]): readonly Example[] =>
  list.map((r, i) => constant(numbers(sizeOf(r.shape), 77 + i), r.shape))

/** The cotangents of the inputs, results weighted with fixed numbers. */
const pulledBack = (f: F, p: Tensors): Tensors => {
  const [y, pull] = vjp((q: Tensors) => leaves(f(q)) as unknown, p)
  return pull(weightsFor(y as readonly Example[]))
}

/**
 * The laws of derivatives at one point, in one random direction: the tangent is the limit of differences, both modes
 * are adjoint, and (for `order` 2) the same holds of the gradient itself.
 */
export const checkDerivatives = (f: F, at: Arrays, order: 1 | 2 = 2, tolerance = 1e-7): void => {
  const names = Object.keys(at)
  const along = Object.fromEntries(
    names.map((name, i) => [name, { ...at[name]!, data: numbers(at[name]!.data.length, 31 + i) }]),
  )
  const atDistance = (t: number): Floats => {
    const moved = names.map((name) => [
      name,
      { ...at[name]!, data: Float64Array.from(at[name]!.data, (v, i) => v + t * along[name]!.data[i]!) },
    ])
    return valuesOf((x) => leaves(f(x)), Object.fromEntries(moved))
  }
  const tangents = valuesOf(
    ({ at: p, along: t }: { readonly at: Tensors; readonly along: Tensors }) =>
      leaves(jvp((q: Tensors) => leaves(f(q)) as unknown, p, t)[1]),
    { at, along },
  )
  const [one, minusOne, two, minusTwo] = [1, -1, 2, -2].map((k) => atDistance(k * STEP))
  tangents.forEach((tangent, r) => {
    const difference = (a: Floats, b: Floats, i: number): number => a[r]![i]! - b[r]![i]!
    const slope = tangent.map(
      (_, i) => (8 * difference(one!, minusOne!, i) - difference(two!, minusTwo!, i)) / (12 * STEP),
    )
    expectClose(tangent, slope, tolerance)
  })

  const cotangents = valuesOf((p) => leaves(pulledBack(f, p)), at)
  const weights = valuesOf((x) => weightsFor(leaves(f(x))), at)
  const left = tangents.reduce((total, t, r) => total + product(t, weights[r]!), 0)
  const right = names.reduce((total, name, k) => total + product(along[name]!.data, cotangents[k]!), 0)
  expectClose([right], [left], 1e-10)

  if (order === 2) checkDerivatives((p) => pulledBack(f, p), at, 1, tolerance * 10)
}

/** Σ xy over elements and lanes; the second may be uniform. */
const product = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  const lanes = x.length / y.length
  return Array.from(x).reduce((total, v, i) => total + v * y[Math.floor(i / lanes)]!, 0)
}

const STEP = 1e-3

export const expectClose = (found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void => {
  const size = Math.max(1, ...Array.from(wanted, Math.abs))
  expect(found.length).toBe(wanted.length)
  for (let i = 0; i < found.length; i++) {
    const error = Math.abs(found[i]! - wanted[i]!) / size
    if (!(error <= tolerance))
      expect.fail(`element ${i}: ${found[i]} is not ${wanted[i]} (off by ${error} of the largest)`)
  }
}
