import { add, lanes, neg, sub, type Tensor } from '@diffeo/autodiff'
import fc from 'fast-check'
import type { Flow } from '../flow.ts'
import { mistake } from '../mistake.ts'
import { type Estimate, estimate } from '../theory/estimate.ts'
import type { Arithmetic } from './compiled.ts'
import { compileDraws, type Draws } from './draws.ts'
import { type JudgedOn, judgedOf, precisionOf, showJudged } from './formats.ts'
import { cases, type Law } from './law.ts'
import { drawParameters } from './parameters.ts'
import { SURPRISE } from './surprise.ts'
import { type Exact, type ExactPair, wantsOneSpace } from './uniqueness.ts'

export interface MeanOptions extends Pick<JudgedOn, 'engines'> {
  /** How many points are drawn, 4,096 when left out. */
  readonly draws?: number
  /** Standard deviations of the noise on the distribution's parameters. */
  readonly spreads?: readonly number[]
}

/**
 * E log|det J_f(X)| = h(Z) - h(X) for every exact flow: the means of two log-determinants over draws of the distribution
 * differ by the entropies of their bases and nothing else, within the standard error of the difference. Catches a flow
 * that stretches too much or too little on the whole.
 * @throws when the flows live on different spaces, or on bases that differ and have no known entropy
 */
export const meanLogDetIsUnique = (pair: ExactPair, options: MeanOptions = {}): Law => {
  const { draws: count = 4096, spreads = [0, 0.5], engines } = options
  wantsOneSpace(pair)
  const expected = entropyGap(pair)
  let compiled: Draws<'gap'> | undefined
  return fc.property(cases(spreads), ({ seed, spread }) => {
    compiled ??= compileDraws(pair.parameters, (distribution, key) => {
      const x = pair.first.flow.sample(pair.first.params(distribution) as never, key)
      const logDet = ({ flow, params }: Exact) => flow.toLatent(params(distribution) as never, x).logDet
      const gap = sub(sub(logDet(pair.first), logDet(pair.second)), expected(distribution))
      return { gap: lanes.spread(gap as Tensor) }
    })
    const params = drawParameters(pair.parameters, seed, spread)
    const gap = (arithmetic: Arithmetic): Estimate => estimate(compiled!(params, { seed, count }, arithmetic).gap)
    const exact = gap('exact')
    for (const judged of judgedOf(engines)) {
      const { value, standardError } = judged === 'exact' ? exact : gap(judged)
      const precision = precisionOf(judged)
      const rounded = [1, 2, 3, 4].map((s) => gap({ off: 'operations', seed: s, precision }).value)
      const rounding = 4 * Math.max(...rounded.map((other) => Math.abs(other - exact.value)))
      if (!(Math.abs(value) <= SURPRISE * standardError + rounding))
        throw new Error(
          `exact flows have one mean log-determinant: the means differ by ${value} more than the bases' entropies do ${showJudged(judged)}, with a standard error of ${standardError} over ${count} draws, for parameters of seed ${seed} and spread ${spread}.`,
        )
    }
  })
}

/** h(Z₁) - h(Z₂) as a graph of the distribution's parameters. */
const entropyGap = ({ first, second }: ExactPair): ((distribution: unknown) => Tensor | number) => {
  const of =
    ({ flow, params }: Exact) =>
    (distribution: unknown): Tensor =>
      flow.base.entropy!((params(distribution) as { readonly base: unknown }).base)
  if (first.flow.base.entropy && second.flow.base.entropy)
    return (distribution) => add(of(first)(distribution), neg(of(second)(distribution))) as Tensor
  const [a, b] = [first, second].map(({ flow }: { readonly flow: Flow }) => JSON.stringify(flow.base.spec))
  if (a !== b) mistake(`meanLogDetIsUnique: needs one base, or bases of known entropy, got ${a} and ${b}.`)
  return () => 0
}
