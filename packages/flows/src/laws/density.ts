import { add, type Example, grad, lanes, type Tensor, tree } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import type { Given, Json } from '../bijector.ts'
import type { Distribution } from '../distribution.ts'
import { explainFlowError } from '../error.ts'
import { mistake } from '../mistake.ts'
import { builtInFlowKinds, type FlowKinds, rebuildDistribution } from '../rebuildFlow.ts'
import { type About, equal, finite, onTarget, stable } from './claim.ts'
import type { Subject } from './judge.ts'
import { examplesStayApart } from './lanes.ts'
import { type Law, type LawOptions, law } from './law.ts'

// Laws of a distribution, or a flow, that hold at every point by itself. Those of its integrals are in distribution.ts.

const subjectOf = (d: Distribution, claims: Subject['claims']): Subject => ({
  domain: d.domain,
  parameters: d.parameters,
  claims,
})

const placed = (d: Distribution, x: Example): About => ({ value: x, domain: d.domain })

/** Log-density, and its gradients by point and parameters, are finite everywhere inside the support. */
export const hasFiniteScores = (d: Distribution, options?: LawOptions): Law =>
  law('log-densities and their gradients are finite', {
    ...options,
    ...subjectOf(d, (params, x, given) => {
      const at = { params: tree.map((p) => lanes.spread(p as Tensor), params), x }
      const logProb = (p: typeof at): Example => d.logProb(p.params, p.x, given)
      const gradients = grad((p: typeof at) => add(logProb(p), 0) as never)(at)
      const about = [placed(d, x)]
      return [
        finite('log p(x)', logProb(at), about),
        ...tree.flatten(gradients).map(({ path, value }) => finite(`∂/∂${path}`, value, [...about, logProb(at)])),
      ]
    }),
  })

/** The log-density that comes with a draw is the log-density of that draw. Catches a flow whose two directions differ. */
export const drawsWithTheirDensity = (d: Distribution, options?: LawOptions): Law =>
  law('a draw comes with its log-density', {
    ...options,
    ...subjectOf(d, (params, _, given) => {
      const drawn = d.sampleAndLogProb(params, given.key!, given)
      const found = d.logProb(params, drawn.value, given)
      return [equal('log p(draw)', drawn.logProb, found, [placed(d, drawn.value), drawn.logProb])]
    }),
  })

/** What is rebuilt from the spec, through JSON text, declares the same parameters, has the same density and draws the same. */
export const densitySavesItself = (
  d: Distribution,
  { kinds = builtInFlowKinds, ...options }: LawOptions & { readonly kinds?: FlowKinds } = {},
): Law =>
  law('rebuilt from its spec it is the same distribution', {
    ...options,
    ...subjectOf(d, (params, x, given) => {
      const again = reloaded(d, kinds)
      const [here, there] = [d, again].map((one) => one.logProb(params, x, given))
      const [drawn, redrawn] = [d, again].map((one) => one.sample(params, given.key!, given))
      return [
        equal('log p(x)', there!, here!, [placed(d, x), here!]),
        equal('draw', redrawn!, drawn!, [placed(d, drawn!)]),
      ]
    }),
  })

const reloaded = (d: Distribution, kinds: FlowKinds): Distribution => {
  const again = rebuildDistribution(JSON.parse(JSON.stringify(d.spec)) as Json, kinds, d.spec.kind)
  if (E.isLeft(again)) return mistake(explainFlowError(again.left))
  if (JSON.stringify(again.right.parameters.tree) !== JSON.stringify(d.parameters.tree))
    return mistake(`${d.spec.kind}: the distribution rebuilt from its spec declares other parameters.`)
  return again.right
}

/** Densities and draws of an example are its own, to the bit, whichever examples run beside it. */
export const densityKeepsExamplesApart = (
  d: Distribution,
  { context, engines }: Pick<LawOptions, 'context' | 'engines'> = {},
): Law =>
  examplesStayApart(
    {
      ...subjectOf(d, (params, x, given: Given) => [
        onTarget('log p(x)', d.logProb(params, x, given), []),
        onTarget('draw', d.sample(params, given.key!, given), []),
      ]),
      ...(context && { context }),
    },
    engines,
  )

/**
 * Log-densities computed by the engines, and in float32 on the reference, agree with the float64 reference to the
 * rounding of this very computation: what every target has to do.
 */
export const densityAgreesWithReference = (d: Distribution, options?: LawOptions): Law =>
  law('agrees with the reference', {
    ...options,
    ...subjectOf(d, (params, x, given) => {
      const logProb = d.logProb(params, x, given)
      return [onTarget('log p(x)', logProb, [placed(d, x), logProb])]
    }),
  })

/** The formula of the log-density loses no more in float32 than the last places of point and parameters explain. */
export const densityRoundsWell = (d: Distribution, options?: LawOptions): Law =>
  law('the formula is stable', {
    ...options,
    precisions: ['float32'],
    ...subjectOf(d, (params, x, given) => [stable('log p(x)', d.logProb(params, x, given), [placed(d, x)])]),
  })
