import { type Example, type HostArray, lanes, type Precision, type Tensor } from '@diffeo/autodiff'
import fc from 'fast-check'
import type { Distribution } from '../distribution.ts'
import type { Arithmetic, Judged } from './compiled.ts'
import { compileDraws, type Draws, type Found } from './draws.ts'
import { type JudgedOn, judgedOf, precisionOf, showJudged } from './formats.ts'
import type { Case } from './judge.ts'
import { cases, type Law } from './law.ts'
import { drawParameters } from './parameters.ts'
import { compileLogDensities, endsOfEach, type Grid, gridOf, type LogDensities, type Place } from './quadrature.ts'

export interface DistributionLawOptions extends Pick<JudgedOn, 'engines'> {
  /** Standard deviations of the noise on trained parameters. */
  readonly spreads?: readonly number[]
  /** How many points are drawn where draws are judged, 4,096 when left out. */
  readonly draws?: number
}

/** Far out in parameters a density may be too narrow, or its tails too heavy, for any grid. */
export const SPREADS_OF_INTEGRALS = [0, 0.5, 1] as const

/** What a law of a whole density is told of one case. */
export interface Whole {
  readonly judged: Judged
  /** Off at random as the judged format may be. */
  off(seed: number): Arithmetic
  draws(count: number, arithmetic: Arithmetic): Found<'x' | 'logProb' | 'entropy'>
  /** The density exactly, on a grid around its draws. */
  readonly grid: Grid
  /** The same grid with densities computed otherwise. */
  gridAs(arithmetic: Arithmetic): Grid
}

/** The property that a density agrees with its integrals and draws, for one or two coordinates. */
export const whole = (
  d: Distribution,
  { spreads = SPREADS_OF_INTEGRALS, engines }: DistributionLawOptions,
  judge: (at: Whole) => void,
): Law => {
  endsOfEach(d.domain)
  let compiled: { readonly draws: Draws<'x' | 'logProb' | 'entropy'>; readonly logDensities: LogDensities } | undefined
  return fc.property(cases(spreads), (at) => {
    compiled ??= { draws: compileDraws(d.parameters, found(d)), logDensities: compileLogDensities(d) }
    const { draws, logDensities } = compiled
    const params = drawParameters(d.parameters, at.seed, at.spread)
    const places = placesOf(draws(params, { seed: at.seed, count: PILOTS }, 'exact').x)
    const gridAt = (arithmetic: Arithmetic, precision: Precision, step?: number): Grid =>
      gridOf((x) => logDensities(params, held(x, precision), arithmetic), d.domain, places, step)
    const grid = gridAt('exact', 'float64')
    // Too narrow for a grid that may be built: nothing can be said of it, and fast-check draws another.
    fc.pre(!(grid.expect(() => 1).error > COARSE))
    for (const judged of judgedOf(engines)) {
      const precision = precisionOf(judged)
      try {
        judge({
          judged,
          off: (seed) => ({ off: 'operations', seed, precision }),
          draws: (count, arithmetic) => draws(params, { seed: at.seed + 1, count }, arithmetic),
          grid,
          gridAs: (arithmetic) => (arithmetic === 'exact' ? grid : gridAt(arithmetic, precision, grid.step)),
        })
      } catch (fault) {
        throw new Error(`${explainCase(d.spec.kind, at, judged)}: ${(fault as Error).message}`)
      }
    }
  })
}

const COARSE = 1e-4
const PILOTS = 513

const found =
  (d: Distribution) =>
  (params: unknown, key: Example): Readonly<Record<'x' | 'logProb' | 'entropy', Example>> => {
    const x = d.sample(params, key, {})
    return {
      x: lanes.spread(x as Tensor),
      logProb: lanes.spread(d.logProb(params, x, {}) as Tensor),
      entropy: d.entropy?.(params) ?? lanes.index(),
    }
  }

/** Median and half the width of the middle two thirds of each coordinate's draws. */
const placesOf = (x: ArrayLike<number>): readonly Place[] =>
  Array.from({ length: x.length / PILOTS }, (_, j) => {
    const values = Float64Array.from({ length: PILOTS }, (_, l) => x[j * PILOTS + l]!).sort()
    const quantile = (share: number): number => values[Math.floor(share * PILOTS)]!
    return { middle: quantile(0.5), scale: Math.max((quantile(5 / 6) - quantile(1 / 6)) / 2, Number.MIN_VALUE) }
  })

/** Points as a number format holds them. */
const held = (x: HostArray, precision: Precision): HostArray =>
  precision === 'float32' ? { ...x, data: Float32Array.from(x.data) } : x

export const explainCase = (what: string, { seed, spread }: Case, judged: Judged): string =>
  `${what} ${showJudged(judged)} with parameters of seed ${seed} and spread ${spread}`
