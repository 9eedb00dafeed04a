import fc from 'fast-check'
import type { Distribution } from '../distribution.ts'
import { showDomain } from '../domain.ts'
import { mistake } from '../mistake.ts'
import { endsOfCoordinates } from '../support.ts'
import { type Estimate, estimate } from '../theory/estimate.ts'
import type { Arithmetic } from './compiled.ts'
import { judgedOf } from './formats.ts'
import { cases, type Law } from './law.ts'
import { noiseOf } from './noise.ts'
import { drawParameters } from './parameters.ts'
import { drawPoints } from './points.ts'
import { compileLogDensities, type Grid, type Integral, type LogDensities } from './quadrature.ts'
import { SURPRISE, SURPRISING_DISTANCE } from './surprise.ts'
import { type DistributionLawOptions, explainCase, SPREADS_OF_INTEGRALS, type Whole, whole } from './wholeDensity.ts'

// Laws of a whole density: its integrals, for one or two coordinates, and its draws.

/** ∫ p(x) dx = 1. Catches a wrong normalising constant, and a log-determinant that was lost on the way. */
export const integratesToOne = (d: Distribution, options: DistributionLawOptions = {}): Law =>
  whole(d, options, (at) =>
    agreesOnGrid(
      'integrates to 1',
      at,
      (grid) => grid.expect(() => 1),
      () => 1,
    ),
  )

/** The stated entropy is -E log p(x). @throws where none is stated */
export const statesItsEntropy = (d: Distribution, options: DistributionLawOptions = {}): Law => {
  if (!d.entropy) mistake(`statesItsEntropy: ${d.spec.kind} states no entropy.`)
  return whole(d, options, (at) => {
    const stated = (arithmetic: Arithmetic): number => at.draws(1, arithmetic).entropy[0]!
    agreesOnGrid('states its entropy', at, (grid) => grid.expect((logProb) => -logProb), stated)
  })
}

/**
 * Draws have the density that is stated: their mean log-density is that of the density, the distribution function of
 * every coordinate is followed (Kolmogorov 1933), and of two coordinates the joint one at their quartiles. Catches draws
 * of another scale, place, shape or dependence.
 */
export const samplesMatchDensity = (d: Distribution, options: DistributionLawOptions = {}): Law => {
  const { draws: count = 4096 } = options
  return whole(d, options, (at) => {
    const { grid, draws, judged } = at
    const { x, logProb } = draws(count, judged)
    const meanOf = (arithmetic: Arithmetic): Estimate => estimate(draws(count, arithmetic).logProb)
    agree(
      'draws have the mean log-density',
      grid.expect((value) => value),
      estimate(logProb).value,
      function* () {
        const chance = SURPRISE * meanOf('exact').standardError
        yield chance
        for (const rounded of rounding(at, (arithmetic) => meanOf(arithmetic).value)) yield chance + rounded
      },
    )
    const size = grid.nodes.length
    const column = (j: number): ArrayLike<number> => Float64Array.from(x).subarray(j * count, (j + 1) * count)
    const columns = Array.from({ length: size }, (_, j) => column(j))
    const share = (places: readonly number[]): number => {
      let inside = 0
      for (let l = 0; l < count; l++)
        if (columns.every((values, j) => values[l]! <= grid.nodes[j]![places[j]!]!)) inside++
      return inside / count
    }
    const last = grid.nodes.map((nodes) => nodes.length - 1)
    for (let j = 0; j < size; j++)
      for (const place of spaced(grid.nodes[j]!, sorted(columns[j]!), 24)) {
        const places = last.map((free, k) => (k === j ? place : free))
        const where = `draws follow the distribution of coordinate ${j} at ${grid.nodes[j]![place]}`
        agree(where, grid.below(places), share(places), () => [SURPRISING_DISTANCE / Math.sqrt(count)])
      }
    if (size === 1) return
    const [first, second] = grid.nodes.map((nodes, j) => spaced(nodes, sorted(columns[j]!), 3))
    for (const i of first!)
      for (const k of second!) {
        const joint = grid.below([i, k])
        const deviation = Math.sqrt(Math.max(joint.value * (1 - joint.value), 1 / count) / count)
        agree(
          `draws follow the joint distribution at (${grid.nodes[0]![i]}, ${grid.nodes[1]![k]})`,
          joint,
          share([i, k]),
          () => [SURPRISE * deviation],
        )
      }
  })
}

/**
 * log p(x) = -∞ at every point outside the support, near to its ends and far from them. Catches a density that is
 * clipped, or NaN, where no data can be.
 * @throws where the support has no outside
 */
export const vanishesOutside = (
  d: Distribution,
  { spreads = SPREADS_OF_INTEGRALS, engines }: DistributionLawOptions = {},
): Law => {
  const ends = endsOfCoordinates(d.domain) ?? []
  if (ends.every(([lower, upper]) => lower === -Infinity && upper === Infinity))
    mistake(`vanishesOutside: nothing is known to be outside of ${showDomain(d.domain)}.`)
  let compiled: LogDensities | undefined
  return fc.property(cases(spreads), (at) => {
    compiled ??= compileLogDensities(d)
    const count = 256
    const points = drawPoints(d.domain, count, noiseOf(at.seed, 2))
    const noise = noiseOf(at.seed, 5)
    const data = Float64Array.from(points.data)
    for (let l = 0; l < count; l++) {
      const sides = ends.flatMap(([lower, upper], j) => [
        ...(lower > -Infinity ? [[j, lower, -1] as const] : []),
        ...(upper < Infinity ? [[j, upper, 1] as const] : []),
      ])
      const [j, end, side] = sides[Math.floor(noise.uniform() * sides.length)]!
      data[j * count + l] = Math.fround(end + side * 10 ** (9 * noise.uniform() - 4))
    }
    const params = drawParameters(d.parameters, at.seed, at.spread)
    for (const judged of judgedOf(engines)) {
      const logProbs = compiled(params, { ...points, data }, judged)
      const wrong = Array.from(logProbs).findIndex((value) => value !== -Infinity)
      if (wrong < 0) continue
      const point = ends.map((_, j) => data[j * count + wrong])
      throw new Error(
        `${explainCase('vanishes outside its support', at, judged)}: log p = ${logProbs[wrong]} at [${point.join(', ')}].`,
      )
    }
  })
}

const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort()

/** Numbers of about `count` nodes between which draws lie, equally many everywhere. */
const spaced = (nodes: Float64Array, draws: Float64Array, count: number): readonly number[] => {
  const chosen = Array.from({ length: count }, (_, c) => {
    const value = draws[Math.floor(((c + 1) / (count + 1)) * draws.length)]!
    const place = nodes.findIndex((node) => node >= value)
    return place < 0 ? nodes.length - 1 : place
  })
  return [...new Set(chosen)]
}

/** An integral is the number it should be, to its own error and the effect of rounding on their difference. */
const agreesOnGrid = (
  what: string,
  at: Whole,
  of: (grid: Grid) => Integral,
  other: (arithmetic: Arithmetic) => number,
): void => {
  const { value } = of(at.gridAs(at.judged))
  const { error } = of(at.grid)
  const gap = (arithmetic: Arithmetic): number => of(at.gridAs(arithmetic)).value - other(arithmetic)
  agree(what, { value, error }, other(at.judged), () => rounding(at, gap))
}

/**
 * Four times the most that rounding was seen to move a number, after one look, two, and so on; ∞ where it was lost, as
 * the mean log-density is when one draw is rounded onto the end of its support. What is no number without rounding is
 * never put down to it.
 */
function* rounding({ off }: Whole, of: (arithmetic: Arithmetic) => number): Generator<number> {
  const exact = of('exact')
  if (!Number.isFinite(exact)) return
  let most = 0
  for (let seed = 1; seed <= LOOKS; seed++) {
    const change = Math.abs(of(off(seed)) - exact)
    most = Math.max(most, Number.isNaN(change) ? Infinity : change)
    yield ALLOWANCE * most
  }
}
const LOOKS = 8

/** An integral may be off by this many times the error that is seen in it. */
const ALLOWANCE = 4

/** `slack`: what the number may be off by besides, which may grow while one looks closer. */
const agree = (what: string, { value, error }: Integral, other: number, slack: () => Iterable<number>): void => {
  const gap = Math.abs(value - other)
  let allowed = ALLOWANCE * error
  if (gap <= allowed) return
  for (const more of slack()) {
    allowed = ALLOWANCE * error + more
    if (allowed === Infinity || gap <= allowed) return
  }
  throw new Error(`${what}: ${value} by quadrature against ${other}, ${allowed} allowed.`)
}
