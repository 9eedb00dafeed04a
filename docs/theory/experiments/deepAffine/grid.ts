import {
  affine,
  affineTransform,
  alternating,
  type Bijector,
  boundForDepth,
  chain,
  coupling,
  type FitOptions,
  type Flow,
  type MlpOptions,
  mlp,
  over,
  type Real,
  standardNormal,
} from '@diffeo/flows'

/** Where one training of the experiment stands on the grid. */
export interface Setting {
  readonly data: 'HTRU2' | 'checkerboard'
  readonly constraint: Constraint
  readonly depth: number
  readonly learningRate: number
  readonly seed: number
}

interface Constrained {
  /** Log-scales of each layer stay within ± this. */
  readonly bound: (depth: number) => number
  /** Of every conditioner. */
  readonly network?: MlpOptions
  readonly training?: Pick<FitOptions, 'penalty' | 'watch'>
}

/** So far away that float32 ends first. */
const FREE = 1e6
const free = { bound: () => FREE }

/** One constraint at a time, each against `free scales`; and one pair. */
export const constraints = {
  'free scales': free,
  'bounded scales': { bound: () => 3 },
  'budget over depth': { bound: (depth) => boundForDepth(depth) },
  // Far out such networks say the same everywhere.
  'budget and tanh': { bound: (depth) => boundForDepth(depth), network: { activation: 'tanh' } },
  'spectral limit': { ...free, network: { lipschitz: 1 } },
  penalty: { ...free, training: { penalty: { weight: 1, forward: 100, inverse: 100 } } },
  'watch, damp': { ...free, training: { watch: { action: 'damp', stretch: 1000 } } },
} satisfies Readonly<Record<string, Constrained>> as Readonly<Record<string, Constrained>>
export type Constraint = string

export const DATA = ['HTRU2', 'checkerboard'] as const
export const DEPTHS = [64, 16, 4] as const
export const LEARNING_RATES = [1e-3, 5e-3, 2e-2] as const
export const SEEDS = [1, 2] as const

/** The deepest first: they take longest, so that the last to end are short. */
export const settings: readonly Setting[] = DEPTHS.flatMap((depth) =>
  Object.keys(constraints).flatMap((constraint) =>
    DATA.flatMap((data) =>
      LEARNING_RATES.flatMap((learningRate) => SEEDS.map((seed) => ({ data, constraint, depth, learningRate, seed }))),
    ),
  ),
)

/** Couplings that move every other column in turn, and a free scale and shift last, over the standard normal. */
export const flowOf = ({ constraint, depth }: Setting, dim: number): Flow => {
  const { bound, network } = constraints[constraint]!
  const layers = Array.from({ length: depth }, (_, i) =>
    coupling({
      mask: alternating(dim, i),
      transform: affineTransform({ bound: bound(depth) }),
      conditioner: mlp([32], network),
    }),
  )
  return over(standardNormal(dim))(
    chain([...layers, affine(dim)] as unknown as readonly Bijector<Real, Real>[]),
  ) as unknown as Flow
}

export const trainingOf = ({ constraint, learningRate, seed }: Setting): FitOptions => ({
  ...constraints[constraint]!.training,
  learningRate,
  seed,
})
