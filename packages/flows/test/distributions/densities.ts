import { type Example, evaluateAt, fromRows, type HostArray, lanes, random, type Tree, toRows } from '@diffeo/autodiff'
import type { Distribution } from '../../src/distribution.ts'
import { mapDeclared } from '../../src/parameters.ts'
import type { Arrays } from '../../src/train/arrays.ts'

/** Parameters of the declared shapes from numbers by path. */
export const paramsOf = (d: Distribution, values: Readonly<Record<string, readonly number[]>> = {}): Arrays =>
  mapDeclared(d.parameters, ({ path, parameter: { shape } }) => {
    const numbers = values[path]
    if (!numbers) throw new Error(`no numbers for ${path}`)
    return { data: Float64Array.from(numbers), shape }
  }) as Arrays

type Run = (f: (inputs: never) => Tree<Example>, inputs: Tree<HostArray>, options?: object) => HostArray
const run = evaluateAt as unknown as Run

/** Log-densities of rows, `[rows]`. */
export const logProbs = (d: Distribution, params: Arrays, rows: ArrayLike<number>): Float64Array => {
  const size = d.domain.shape.reduce((a, b) => a * b, 1)
  const x = fromRows(rows, rows.length / size, d.domain.shape)
  const f = ({ params: p, x: at }: { params: unknown; x: Example }) => d.logProb(p, at, {})
  const { data, lanes: own } = run(f as never, { params, x } as never)
  return own === undefined ? new Float64Array(rows.length / size).fill(data[0]!) : Float64Array.from(data)
}

/** Draws, row-major. */
export const drawn = (d: Distribution, params: Arrays, count: number, seed: number): Float64Array => {
  const f = ({ params: p }: { params: unknown }) => d.sample(p, random.foldIn(random.key(seed), lanes.index()), {})
  return toRows(run(f as never, { params } as never, { lanes: { count } }))
}

export const entropyAt = (d: Distribution, params: Arrays): number =>
  run((({ params: p }: { params: unknown }) => d.entropy!(p)) as never, { params } as never).data[0]!

/** Nodes and weights of the double-exponential rule on the reals or on an interval (Takahasi & Mori 1974). */
export const rule = (lower: number, upper: number, step: number): readonly (readonly [number, number])[] => {
  const nodes: [number, number][] = []
  for (let k = -4 / step; k <= 4 / step; k++) {
    const t = k * step
    const inner = (Math.PI / 2) * Math.sinh(t)
    const slope = (Math.PI / 2) * Math.cosh(t)
    const [x, w] =
      lower === -Infinity
        ? [Math.sinh(inner), slope * Math.cosh(inner)]
        : [
            (lower + upper) / 2 + ((upper - lower) / 2) * Math.tanh(inner),
            (((upper - lower) / 2) * slope) / Math.cosh(inner) ** 2,
          ]
    if (Number.isFinite(w)) nodes.push([x, w * step])
  }
  return nodes
}

/** Integrals over a product of rules of e^logProb times each function: `[functions]`. */
export const integrals = (
  d: Distribution,
  params: Arrays,
  nodes: readonly (readonly [number, number])[],
  functions: readonly ((x: readonly number[], logProb: number) => number)[],
): number[] => {
  const size = d.domain.shape.reduce((a, b) => a * b, 1)
  const points = Array.from({ length: nodes.length ** size }, (_, i) =>
    Array.from({ length: size }, (_, j) => nodes[Math.floor(i / nodes.length ** j) % nodes.length]!),
  )
  const densities = logProbs(
    d,
    params,
    points.flatMap((p) => p.map(([x]) => x)),
  )
  return functions.map((f) =>
    points.reduce((sum, p, i) => {
      const density = Math.exp(densities[i]!) * p.reduce((product, [, w]) => product * w, 1)
      return density === 0
        ? sum
        : sum +
            density *
              f(
                p.map(([x]) => x),
                densities[i]!,
              )
    }, 0),
  )
}
