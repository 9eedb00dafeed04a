import { type Engine, openReference, perturbed } from '@diffeo/autodiff'
import { standardise } from '../../src/bijectors/standardise.ts'
import { identity } from '../../src/combinators/identity.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { real } from '../../src/domain.ts'
import { type Flow, over } from '../../src/flow.ts'
import { drawParameters } from '../../src/laws/parameters.ts'
import { maf, neuralSplineFlow, realNVP } from '../../src/presets.ts'
import type { Arrays } from '../../src/train/arrays.ts'
import type { Dataset } from '../../src/train/dataset.ts'
import { normalTable } from './table.ts'

/** A flow with parameters, and rows for it. */
export interface Problem {
  readonly flow: Flow
  readonly params: Arrays
  readonly rows: Dataset
}

const SIZE = 2
const small = { dim: SIZE, layers: 2, hidden: [8] } as const
const makers = {
  spline: (moments) => neuralSplineFlow({ ...small, bins: 4, standardise: moments }),
  affine: (moments) => realNVP({ ...small, standardise: moments }),
  autoregressive: (moments) => maf({ ...small, standardise: moments }),
  nothing: (moments) =>
    over(standardNormal(SIZE))((moments ? standardise(SIZE, moments) : identity(real(SIZE))) as never),
} satisfies Record<string, (moments: Moments | false) => unknown>
interface Moments {
  readonly mean: readonly number[]
  readonly standardDeviation: readonly number[]
}
export type After = keyof typeof makers
export const afters = Object.keys(makers) as readonly After[]

/** Rows around `offset`, spread by 1, for a flow that standardises them first; and what is left of it behind that. */
export const farProblem = (
  after: After,
  seed: number,
  offset: number,
): { readonly far: Problem; readonly standard: Problem } => {
  const mean = [offset, -0.7 * offset]
  const standardDeviation = [1, 1.25]
  const flow = makers[after]({ mean, standardDeviation }) as unknown as Flow
  const inner = makers[after](false) as unknown as Flow
  const rest = drawParameters(inner.parameters, seed, 0.4) as {
    readonly bijector: readonly Arrays[]
    readonly base: Arrays
  }
  const array = (data: readonly number[], shape: readonly number[]) => ({ data: Float64Array.from(data), shape })
  const first = {
    mean: array(mean, [SIZE]),
    logDeviation: array(standardDeviation.map(Math.log), [SIZE]),
    ready: array([1], []),
  }
  const rows = normalTable(120, mean, standardDeviation, seed)
  const scale = (x: number, i: number): number => (x - mean[i % SIZE]!) / standardDeviation[i % SIZE]!
  return {
    far: { flow, params: { ...rest, bijector: after === 'nothing' ? first : [first, ...rest.bijector] }, rows },
    standard: { flow: inner, params: rest as Arrays, rows: { ...rows, data: rows.data.map(scale) } },
  }
}

/** A machine that computes in float32 and is off at random by as much as it may be. */
const noisy = (seed: number): Engine => {
  const engine = openReference({ precision: 'float32' })
  return {
    ...engine,
    compile: async (f, signature, options) => {
      const program = engine.compileSync(f, signature, options)
      const rounding = perturbed(seed, 'float32')
      return { ...program, run: async (inputs, run) => program.runSync(inputs, { ...run, rounding }) }
    },
  }
}

/** How far float32 may take each number: 4 times the largest deviation of eight machines that are off at random. */
export const allowedIn32 = async (f: (engine: Engine) => Promise<Float64Array>): Promise<Float64Array> => {
  const exact = await f(openReference())
  const most = new Float64Array(exact.length)
  for (let seed = 1; seed <= 8; seed++)
    (await f(noisy(seed))).forEach((x, i) => {
      most[i] = Math.max(most[i]!, 4 * Math.abs(x - exact[i]!))
    })
  return most
}
