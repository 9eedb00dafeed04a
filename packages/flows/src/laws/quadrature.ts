import { example, type HostArray, input } from '@diffeo/autodiff'
import type { Distribution } from '../distribution.ts'
import { type Domain, showDomain } from '../domain.ts'
import { mistake } from '../mistake.ts'
import { mapDeclared } from '../parameters.ts'
import { endsOfCoordinates } from '../support.ts'
import { type Arithmetic, compile } from './compiled.ts'

/** A sum in place of an integral, and by how much sums with fewer nodes differ from it, plus what the outermost nodes add. */
export interface Integral {
  readonly value: number
  readonly error: number
}

/** A density on a grid of one or two coordinates. */
export interface Grid {
  /** How far nodes are apart, before they are spread over the support. */
  readonly step: number
  /** Nodes of each coordinate, ascending. */
  readonly nodes: readonly Float64Array[]
  /** E f(log-density) under the density. */
  expect(f: (logProb: number) => number): Integral
  /** P(every coordinate ≤ its node of these numbers); one coordinate may be left free with the number of its last node. */
  below(places: readonly number[]): Integral
}

/** Where most of a coordinate's draws are. */
export interface Place {
  readonly middle: number
  readonly scale: number
}

/** Log-densities of points `[...shape, lanes]`. */
export type LogDensities = (params: unknown, x: HostArray, arithmetic: Arithmetic) => ArrayLike<number>

export const compileLogDensities = (d: Distribution): LogDensities => {
  const signature = {
    params: mapDeclared(d.parameters, ({ parameter: { shape } }) => input(shape)),
    x: example(d.domain.shape),
  }
  const compiled = compile([d.logProb(signature.params, signature.x, {})], signature)
  return (params, x, arithmetic) => {
    const { data, lanes } = compiled({ params, x }, arithmetic)[0]!
    return lanes === undefined ? new Float64Array(x.lanes!).fill(data[0]!) : data
  }
}

/** The ends of every coordinate's support. @throws where it is not an interval each, or there are more than two */
export const endsOfEach = (domain: Domain): readonly (readonly [number, number])[] => {
  const ends = endsOfCoordinates(domain)
  return ends && ends.length >= 1 && ends.length <= 2
    ? ends
    : mistake(`laws: integrals are taken over intervals of one or two coordinates, got ${showDomain(domain)}.`)
}

/** t from -RANGE to RANGE: the far ends are 10^18 scales away. */
const RANGE = 4

/** Between a finite end and its nearest neighbour, as a share of it, there is no number. */
const NEAREST = 2 ** -52

/**
 * Nodes and weights of the double-exponential rule (Takahasi & Mori 1974): x as a function of t whose slope falls off
 * doubly exponentially, so that equal steps in t converge exponentially for any smooth density, heavy tails included.
 */
const axis = (
  [lower, upper]: readonly [number, number],
  { middle, scale }: Place,
  step: number,
): readonly [nodes: Float64Array, weights: Float64Array] => {
  const half = Math.round(RANGE / step)
  const [lowest, highest] = [lower + Math.abs(lower) * NEAREST, upper - Math.abs(upper) * NEAREST]
  const nodes = new Float64Array(2 * half + 1)
  const weights = new Float64Array(2 * half + 1)
  for (let k = -half; k <= half; k++) {
    const t = k * step
    const [inner, slope] = [(Math.PI / 2) * Math.sinh(t), (Math.PI / 2) * Math.cosh(t)]
    const [x, rate] = at(inner)
    nodes[k + half] = Number.isFinite(lower + upper) ? Math.min(highest, Math.max(lowest, x)) : x
    weights[k + half] = rate * slope * step
  }
  return [nodes, weights]

  function at(v: number): readonly [x: number, rate: number] {
    if (lower === -Infinity && upper === Infinity) return [middle + scale * Math.sinh(v), scale * Math.cosh(v)]
    if (upper === Infinity) return [lower + (middle - lower) * Math.exp(v), (middle - lower) * Math.exp(v)]
    if (lower === -Infinity) return [upper - (upper - middle) * Math.exp(v), (upper - middle) * Math.exp(v)]
    const width = upper - lower
    const far = Math.exp(-2 * Math.abs(v))
    const gap = (width * far) / (1 + far)
    return [v < 0 ? lower + gap : upper - gap, (2 * width * far) / (1 + far) ** 2]
  }
}

/** The density on a grid of the given step, or one that gets finer until the total no longer changes, or the grid is as large as it may be. */
export const gridOf = (
  logDensities: (x: HostArray) => ArrayLike<number>,
  domain: Domain,
  places: readonly Place[],
  given?: number,
): Grid => {
  const ends = endsOfEach(domain)
  const finest = ends.length === 1 ? 1 / 256 : 1 / 32
  if (given) return gridWith(given)
  for (let step = 1 / 8; ; step /= 2) {
    const grid = gridWith(step)
    if (step <= finest || grid.expect(() => 1).error < ENOUGH) return grid
  }

  function gridWith(step: number): Grid {
    const axes = ends.map((end, j) => axis(end, places[j]!, step))
    const [first, second = [Float64Array.of(0), Float64Array.of(1)] as const] = axes
    const [n, m] = [first![0].length, second[0].length]
    const data = new Float64Array(ends.length * n * m)
    for (let i = 0; i < n; i++)
      for (let k = 0; k < m; k++) {
        data[i * m + k] = first![0][i]!
        if (ends.length === 2) data[n * m + i * m + k] = second[0][k]!
      }
    const logProbs = logDensities({ data, shape: domain.shape, lanes: n * m })
    const masses = Float64Array.from(logProbs, (logProb, at) => {
      const weight = first![1][Math.floor(at / m)]! * second[1][at % m]!
      return logProb === -Infinity ? 0 : Math.exp(logProb) * weight
    })
    const ofAxes = axes.map(([nodes]) => nodes)
    return gridFrom(ofAxes, [n, m], masses, logProbs, step)
  }
}

/** The error of sums with fewer nodes; that of the sum itself is far below where the density is smooth. */
const ENOUGH = 1e-6

const gridFrom = (
  nodes: readonly Float64Array[],
  [n, m]: readonly [number, number],
  masses: Float64Array,
  logProbs: ArrayLike<number>,
  step: number,
): Grid => {
  /** Where numbers end before the density does: several nodes of one value. */
  const crowded = nodes.map((x) => Array.from(x, (v, place) => v === x[place - 1] || v === x[place + 1]))
  let unresolved = 0
  masses.forEach((mass, at) => {
    if (crowded[0]![Math.floor(at / m)] || crowded[1]?.[at % m]) unresolved += mass
  })
  const lost = unresolved > ENOUGH / 1000 ? Infinity : 0
  const onEdge = (at: number): boolean => {
    const [i, k] = [Math.floor(at / m), at % m]
    return i === 0 || i === n - 1 || (m > 1 && (k === 0 || k === m - 1))
  }
  /**
   * All nodes, and every fourth one (every second in each of two coordinates): four estimates more. What lies beyond the
   * outermost nodes is less than they would be over one unit of t: tails fall at least as e^-t.
   */
  const whole = (f: (at: number) => number): Integral => {
    const [rows, columns] = m === 1 ? [4, 1] : [2, 2]
    const sums = [0, 0, 0, 0]
    let beyond = 0
    masses.forEach((mass, at) => {
      if (mass === 0) return
      const term = mass * f(at)
      sums[(Math.floor(at / m) % rows) * columns + ((at % m) % columns)]! += term
      if (onEdge(at)) beyond += Math.abs(term) / step
    })
    const value = sums.reduce((total, sum) => total + sum)
    return { value, error: Math.max(...sums.map((sum) => Math.abs(4 * sum - value))) + beyond + lost }
  }
  const total = whole(() => 1)
  /** The masses of the nodes up to (i, k), those on the last row and column counted by half; of every node, or every second one. */
  const part = (i: number, k: number, every: 1 | 2): number => {
    const everyColumn = m === 1 ? 1 : every
    let total = 0
    for (let a = i % every; a <= i; a += every)
      for (let b = k % everyColumn; b <= k; b += everyColumn) {
        const share = (a === i && i < n - 1 ? 0.5 : 1) * (b === k && k < m - 1 ? 0.5 : 1)
        total += share * masses[a * m + b]!
      }
    return total * every * everyColumn
  }
  return {
    step,
    nodes,
    expect: (f) => whole((at) => f(logProbs[at]!)),
    below: ([i, k = 0]) => {
      const value = part(i!, k, 1)
      return { value, error: Math.abs(value - part(i!, k, 2)) + total.error }
    },
  }
}
