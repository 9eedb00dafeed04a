import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as laws from '../../src/laws/index.ts'
import { kindsOfTree } from '../../src/laws/treeKinds.ts'
import { engines } from './engines.ts'
import { howOften } from './runs.ts'
import { mapOf, shrinksSilently } from './wrong.ts'

/** Random trees for each law; every tree is judged at 1,024 points in the law's number formats. */
const TREES = howOften(25)

describe('random trees of combinators', () => {
  test('inverse undoes forward', () => fc.assert(laws.onTrees(laws.undoes, { engines }), TREES))
  test('forward undoes inverse', () => fc.assert(laws.onTrees(laws.undoesBack, { engines }), TREES))
  test('logDet is log|det J|', () => fc.assert(laws.onTrees(laws.determinant, { engines }), TREES))
  // In float32 the chain rule may leave the format in the middle.
  test('gradients are finite', () =>
    fc.assert(
      laws.onTrees((b, options) => laws.hasFiniteGradients(b, { ...options, precisions: ['float64'] }), { engines }),
      TREES,
    ))
  test('rebuilt from its spec it is the same map', () => fc.assert(laws.onTrees(laws.savesItself, { engines }), TREES))
  test('they agree with the reference', () => fc.assert(laws.onTrees(laws.agreesWithReference, { engines }), TREES))
})

describe('trees', () => {
  const some = fc.sample(laws.trees(), { numRuns: 400, seed: 7 })

  test('of every kind are drawn, and can be grown', () => {
    const kindsIn = (tree: laws.Tree): readonly string[] => [tree.kind, ...tree.parts.flatMap(kindsIn)]
    expect([...new Set(some.flatMap(kindsIn))].sort()).toEqual(kindsOfTree.map(({ name }) => name).sort())
    for (const tree of some) expect(laws.growTree(tree).domain.shape).toEqual([tree.size])
  })

  test('that fail shrink to the part that is wrong', () => {
    const leaves = { shrinksSilently: (size: number) => shrinksSilently(size) }
    const { failed, counterexample, errorInstance } = fc.check(laws.onTrees(laws.determinant, { leaves }), {
      numRuns: 200,
    })
    expect(failed).toBe(true)
    expect(counterexample![0]).toMatchObject({ kind: 'shrinksSilently', parts: [] })
    expect(String(errorInstance)).toMatch(/shrinksSilently: logDet is log\|det J\|/)
  })

  test('accept a leaf that has no fault', () => {
    const leaves = { right: (size: number) => mapOf(size, 2, Math.LN2) }
    fc.assert(laws.onTrees(laws.determinant, { leaves }), { numRuns: 20 })
  })
})
