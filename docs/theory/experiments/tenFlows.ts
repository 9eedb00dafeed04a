// Ten flows of different architecture and seed on one data set: what they share, and what they do not.
//
//   node docs/theory/experiments/tenFlows.ts
//
// Prints the table and writes the picture of docs/theory/uniqueness.md, in a few minutes.
import { writeFileSync } from 'node:fs'
import { open } from '@diffeo/autodiff'
import { crescent } from '@diffeo/data'
import {
  affine,
  affineTransform,
  alternating,
  autoregressive,
  type Bijector,
  chain,
  coupling,
  type Dataset,
  estimate,
  type Flow,
  fitOrThrow,
  gradientOfConvex,
  invert,
  luLinear,
  maskedMlp,
  mlp,
  over,
  overRows,
  type Real,
  rationalQuadraticSpline,
  residual,
  standardise,
  standardNormal,
  svdLinear,
  unconditioned,
} from '@diffeo/flows'
import { markdownTable } from './markdown.ts'
import { scatterOf } from './scatter.ts'

type Layer = Bijector<Real, Real>
const DIM = 2
const times = (count: number, layer: (i: number) => unknown): readonly unknown[] =>
  Array.from({ length: count }, (_, i) => layer(i))
const flowOf = (...layers: readonly unknown[]): Flow =>
  over(standardNormal(DIM))(
    chain([standardise(DIM), ...layers.flat(2), affine(DIM)] as unknown as readonly Layer[]),
  ) as unknown as Flow

const spline = rationalQuadraticSpline({ bins: 8, tails: 6 })
const smooth = { activation: 'tanh' } as const
const order = (i: number): 'natural' | 'reversed' => (i % 2 === 0 ? 'natural' : 'reversed')
const ar = (transform: unknown, first: number) => (i: number) =>
  autoregressive({
    dim: DIM,
    transform: transform as never,
    conditioner: maskedMlp([32, 32], smooth),
    order: order(i + first),
  })
const cut = (transform: unknown) => (i: number) =>
  coupling({ mask: alternating(DIM, i), transform: transform as never, conditioner: mlp([32, 32], smooth) })

/** Each has its own seed: where it starts, and the order of its batches. */
const flows: readonly (readonly [name: string, flow: Flow, learningRate?: number])[] = [
  ['affine autoregressive, x first', flowOf(times(4, ar(affineTransform(), 0)))],
  ['affine autoregressive, y first', flowOf(times(4, ar(affineTransform(), 1)))],
  ['inverse autoregressive', flowOf(times(4, (i) => invert(ar(affineTransform(), 0)(i) as never)))],
  ['spline autoregressive, x first only', flowOf(ar(spline, 0)(0))],
  ['spline autoregressive, y first only', flowOf(ar(spline, 1)(0))],
  ['affine couplings', flowOf(times(8, cut(affineTransform())))],
  ['spline couplings', flowOf(times(4, cut(spline)))],
  [
    'rotations and splines',
    flowOf(
      times(8, (i) => [
        i % 2 === 0 ? svdLinear(DIM) : luLinear(DIM, { seed: i }),
        unconditioned(spline, DIM),
        ar(affineTransform(), i)(i),
      ]),
    ),
  ],
  ['residual blocks', flowOf(times(6, () => residual(DIM, { hidden: [24], bound: 0.95 })))],
  ['gradients of convex functions', flowOf(times(3, () => gradientOfConvex(DIM, { hidden: [24, 24] })))],
]

const toy = crescent
const [training, test]: readonly Dataset[] = [toy.sample(1, 60000), toy.sample(2, 4000)]
const engine = await open('auto', { precision: 'float64' })

interface Seen {
  readonly name: string
  readonly logProbs: Float64Array
  readonly logDets: Float64Array
}
const seen: Seen[] = []
for (const [seed, [name, flow, learningRate = 5e-3]] of flows.entries()) {
  const began = performance.now()
  const { params, epochs } = await fitOrThrow(flow, training!, {
    seed,
    epochs: 80,
    batchSize: 512,
    learningRate,
    patience: 20,
  })
  const [logProbs, logDets] = await overRows(
    (at, x) => [flow.logProb(at, x), flow.toLatent(at, x).logDet],
    flow,
    params,
    test!,
    { engine },
  )
  seen.push({ name, logProbs: logProbs!, logDets: logDets! })
  console.error(`${name}: ${epochs} epochs, ${((performance.now() - began) / 1000).toFixed(0)} s`)
}
engine.dispose()

const { columns, rows, data } = test!
const exact = Float64Array.from({ length: rows }, (_, i) =>
  toy.logDensity(data.subarray(i * columns.length, (i + 1) * columns.length)),
)
const rms = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / a.length)
const shown = ({ value, standardError }: { readonly value: number; readonly standardError: number }): string =>
  `${value.toFixed(3)} ± ${standardError.toFixed(3)}`
/** Row by row against the first flow: what both share of the rows' own luck is gone. */
const against = (a: Float64Array, b: Float64Array): string => shown(estimate(a.map((x, i) => x - b[i]!)))

const first = seen[0]!
console.log(`exact density: ${shown(estimate(exact))} on these rows; -h(X) = ${(-toy.entropy).toFixed(3)}\n`)
console.log(
  markdownTable(
    [
      'flow',
      'mean log p',
      'log p off the exact one (rms)',
      'mean log\\|det J\\|, less the first flow’s',
      'log\\|det J\\| off the first flow’s (rms)',
    ],
    seen.map(({ name, logProbs, logDets }) => [
      name,
      shown(estimate(logProbs)),
      rms(logProbs, exact).toFixed(3),
      name === first.name ? '0' : against(logDets, first.logDets),
      name === first.name ? '0' : rms(logDets, first.logDets).toFixed(3),
    ]),
  ),
)

const every = 40
const some = (xs: Float64Array): readonly number[] => Array.from(xs).filter((_, i) => i % every === 0)
writeFileSync(
  new URL('../ten-flows.svg', import.meta.url),
  scatterOf('Ten flows of one crescent: densities agree, determinants do not', [
    { title: 'log p, each flow against the exact density', across: some(exact), up: seen.map((s) => some(s.logProbs)) },
    {
      title: 'log|det J|, nine flows against the first',
      across: some(first.logDets),
      up: seen.slice(1).map((s) => some(s.logDets)),
    },
  ]),
)
