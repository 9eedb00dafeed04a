import { type Example, evaluateAt, fromRows, type HostArray, openReference, random, type Tree } from '@diffeo/autodiff'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { define } from '../src/bijector.ts'
import { affine } from '../src/bijectors/affine.ts'
import { elementwise } from '../src/bijectors/elementwise.ts'
import { exp } from '../src/bijectors/exp.ts'
import { sigmoid } from '../src/bijectors/sigmoid.ts'
import { andThen } from '../src/combinators/andThen.ts'
import { invert } from '../src/combinators/invert.ts'
import { diagonalNormal } from '../src/distributions/diagonalNormal.ts'
import { mixture } from '../src/distributions/mixture.ts'
import { standardNormal } from '../src/distributions/standardNormal.ts'
import { uniform } from '../src/distributions/uniform.ts'
import { real } from '../src/domain.ts'
import { type Flow, over } from '../src/flow.ts'
import { mistake } from '../src/mistake.ts'
import { leavesOf } from '../src/parameters.ts'
import { rebuildFlow } from '../src/rebuildFlow.ts'
import { draw } from '../src/train/draw.ts'
import { logDensities } from '../src/train/score.ts'
import { left, right } from './either.ts'

type Run = (f: (inputs: never) => Tree<Example>, inputs: Tree<HostArray>) => Record<string, HostArray>
const run = evaluateAt as unknown as Run
const array = (...numbers: number[]): HostArray => ({ data: Float64Array.from(numbers), shape: [numbers.length] })
const layer = (logScale: readonly number[], shift: readonly number[]) => ({
  logScale: array(...logScale),
  shift: array(...shift),
})

describe('a flow', () => {
  test('of the logarithm over a normal is the log-normal density', async () => {
    const flow = pipe(invert(elementwise(exp, 1)), andThen(affine(1)), over(standardNormal(1))) as unknown as Flow
    const [sigma, mu] = [0.7, 0.4]
    const params = { bijector: [{}, layer([-Math.log(sigma)], [-mu / sigma])], base: {} }
    const xs = [0.01, 0.5, 1, 3, 80]
    const data = { columns: ['x'], rows: 5, data: Float64Array.from(xs) }
    const densities = await logDensities(flow, params, data, { engine: openReference() })
    xs.forEach((x, i) => {
      const z = (Math.log(x) - mu) / sigma
      expect(densities[i]).toBeCloseTo(-Math.log(x * sigma * Math.sqrt(2 * Math.PI)) - (z * z) / 2, 12)
    })
  })

  test('keeps the density of a draw from its own way there: forward is not asked', async () => {
    const oneWay = define({
      spec: { kind: 'testOneWay', options: null, parts: [] },
      domain: real(2),
      codomain: real(2),
      parameters: {},
      forward: () => mistake('forward was asked'),
      inverse: (_, z) =>
        affine(2).inverse(
          { logScale: random.normal(random.key(1), [2]), shift: random.normal(random.key(2), [2]) },
          z,
          {},
        ),
    })
    const flow = over(standardNormal(2))(oneWay) as Flow
    const { logDensities: found } = await draw(flow, { bijector: {}, base: {} }, { count: 3 })
    expect(found.every(Number.isFinite)).toBe(true)
  })

  test('leads from data to latent and back, with log-determinants that cancel', () => {
    const flow = pipe(affine(2), andThen(elementwise(sigmoid, 2)), over(uniform(2))) as unknown as Flow
    const params = { bijector: [layer([0.3, -1], [1, 2]), {}], base: {} }
    const x = fromRows([0.1, -2, 3, 0.5], 2, [2])
    const out = run(
      (({ p, x: at }: { p: never; x: Example }) => {
        const there = flow.toLatent(p, at)
        const back = flow.toData(p, there.value)
        return { back: back.value, there: there.logDet, home: back.logDet, logProb: flow.logProb(p, at) }
      }) as never,
      { p: params, x } as never,
    )
    x.data.forEach((v, i) => expect(out.back!.data[i]).toBeCloseTo(v, 12))
    for (const l of [0, 1]) {
      expect(out.there!.data[l]! + out.home!.data[l]!).toBeCloseTo(0, 12)
      // A uniform base on the unit interval adds nothing.
      expect(out.logProb!.data[l]).toBe(out.there!.data[l])
    }
  })

  test('can be the component of a mixture, and the mixture the base of a flow; its spec rebuilds it as text', async () => {
    const inner = pipe(affine(1), over(diagonalNormal(1)))
    const outer = pipe(affine(1), over(mixture([inner, standardNormal(1)] as never))) as unknown as Flow
    const again = right(rebuildFlow(JSON.parse(JSON.stringify(outer.spec))))
    expect(leavesOf(again.parameters)).toEqual(leavesOf(outer.parameters))
    expect(leavesOf(outer.parameters).map(({ path }) => path)).toContain('base.components.0.bijector.logScale')
    const component = { bijector: layer([0.5], [1]), base: { mean: array(2), logDeviation: array(-0.4) } }
    const params = {
      bijector: layer([-0.2], [0.1]),
      base: { logits: array(0.3, 1), components: [component, {}] },
    }
    const data = { columns: ['x'], rows: 4, data: Float64Array.of(-3, 0, 1, 5) }
    expect(await logDensities(again, params, data)).toEqual(await logDensities(outer, params, data))
  })

  test('is not what a distribution without bijector rebuilds to', () => {
    expect(left(rebuildFlow(standardNormal(2).spec))).toMatchObject({ _tag: 'BadSpec', expected: 'a flow' })
  })
})
