import { type Example, jacobian, logAbsDet, neg, open, reshape, sizeOf } from '@diffeo/autodiff'
import { sameDomain, showDomain } from '../domain.ts'
import type { Flow } from '../flow.ts'
import { mistake } from '../mistake.ts'
import type { Arrays } from '../train/arrays.ts'
import { type Dataset, rowsAt } from '../train/dataset.ts'
import { overRows, rowKey, type ScoreOptions } from '../train/score.ts'
import { entropyOf } from './diagnostics.ts'
import { type Estimate, estimate } from './estimate.ts'
import { type Seen, theoremFor } from './premises.ts'
import type { UniquenessTheorem } from './whyUnique.ts'

/** A flow and its parameters. */
export type Trained = readonly [flow: Flow, params: Arrays]

/** How far two numbers of every row are apart, in nats. */
export interface Agreement {
  /** First less second, over the rows. */
  readonly difference: Estimate
  /** The largest distance, and where. */
  readonly largest: number
  readonly row: number
  /** Whether that is within the tolerance. */
  readonly agree: boolean
}

/** The least and the largest value. */
export interface Extent {
  readonly least: number
  readonly most: number
}

/** What two flows of one distribution share, as far as a sample shows it. */
export interface Uniqueness {
  readonly rows: number
  readonly tolerance: number
  /** log p: the same of all exact flows, at every row. */
  readonly density: Agreement
  /** log|det J|: its mean is the same of all exact flows but for the entropies of their bases. */
  readonly meanLogDet: {
    readonly first: Estimate
    readonly second: Estimate
    /** Row by row, so that what the rows share is gone. */
    readonly difference: Estimate
    /** h(Z₁) - h(Z₂), where the bases are the same or their entropies are known. */
    readonly expected: number | undefined
    /** Whether the difference is what is expected, within four standard errors and the tolerance. */
    readonly agree: boolean | undefined
  }
  /** log|det J| row by row, and the determinants themselves. */
  readonly determinant: Agreement & { readonly first: Extent; readonly second: Extent }
  /** Why the determinants must agree at every point; none where nothing says so, as of two flows in general. */
  readonly theorem: UniquenessTheorem | undefined
  /** What contradicts the theory, the gravest first: then a flow is not exact, or states a wrong log-determinant. */
  readonly findings: readonly UniquenessFinding[]
}

/** A contradiction. Facts only; `explainUniqueness` words them. */
export type UniquenessFinding =
  /** A log-determinant is not that of the map's Jacobian. */
  | {
      readonly _tag: 'WrongLogDet'
      readonly flow: 'first' | 'second'
      readonly row: number
      readonly stated: number
      readonly found: number
    }
  /** The densities differ: not both flows are exact, and no more is to be expected of their determinants. */
  | { readonly _tag: 'OtherDensity'; readonly row: number; readonly first: number; readonly second: number }
  /** One density but two means: the rows are not drawn from it, or a log-determinant is wrong. */
  | {
      readonly _tag: 'OtherMeanLogDet'
      readonly difference: Estimate
      readonly expected: number
    }
  /** One density and a theorem, but two determinants. */
  | {
      readonly _tag: 'OtherDeterminant'
      readonly theorem: UniquenessTheorem
      readonly row: number
      readonly first: number
      readonly second: number
    }

/** Options of `uniqueness`. */
export interface UniquenessOptions extends ScoreOptions {
  /** Log-densities and log-determinants that are nearer than this agree, nats. By default 1e-6; trained flows need more. */
  readonly tolerance?: number
  /** At how many of the rows Jacobians are looked at. By default 32. */
  readonly jacobians?: number
}

/**
 * Compares two flows by what is unique about exact flows of one distribution, at the rows of a sample from it. Density and
 * mean log-determinant are always unique. The determinant itself is only where a theorem says so; which one applies is
 * found from values and Jacobians at some of the rows. On the reference engine unless another is given: premises are
 * judged by zeros of derivatives, which float32 does not keep apart from rounding.
 *
 * @throws when the flows live on different domains
 * @see Liao & He 2021, Jacobian determinant of normalizing flows, arXiv 2102.06539, which claims more
 * @example
 * explainUniqueness(await theory.uniqueness([first, firstParams], [second, secondParams], sample))
 */
export const uniqueness = async (
  first: Trained,
  second: Trained,
  sample: Dataset,
  { tolerance = 1e-6, jacobians = 32, ...options }: UniquenessOptions = {},
): Promise<Uniqueness> => {
  const [{ domain }, other] = [first[0], second[0]]
  if (!sameDomain(domain, other.domain))
    mistake(
      `uniqueness: both flows are of one distribution, but one lives on ${showDomain(domain)}, the other on ${showDomain(other.domain)}.`,
    )
  const engine = options.engine ?? (await open('reference'))
  const look = (flow: Trained): Promise<Look> => lookAt(flow, sample, jacobians, { ...options, engine })
  const [a, b] = [await look(first), await look(second)]
  if (!options.engine) engine.dispose()
  const density = agreement(a.logProbs, b.logProbs, tolerance)
  const determinant = agreement(a.logDets, b.logDets, tolerance)
  const sameBase = basisOf(first) === basisOf(second)
  const expected = sameBase ? 0 : entropyGap(first, second)
  const { difference } = determinant
  const meansAgree =
    expected === undefined
      ? undefined
      : Math.abs(difference.value - expected) <= 4 * difference.standardError + tolerance
  const theorem = theoremFor({
    dimension: sizeOf(domain.shape),
    sameBase,
    baseKind: first[0].base.spec.kind,
    symmetricBase: a.symmetric && b.symmetric,
    logDets: [a.logDets, b.logDets],
    maps: [a.seen, b.seen],
  })
  return {
    rows: sample.rows,
    tolerance,
    density,
    meanLogDet: { first: estimate(a.logDets), second: estimate(b.logDets), difference, expected, agree: meansAgree },
    determinant: { ...determinant, first: extent(a.logDets), second: extent(b.logDets) },
    theorem,
    findings: [
      ...wrongLogDets('first', a, tolerance),
      ...wrongLogDets('second', b, tolerance),
      ...(density.agree
        ? [
            ...(meansAgree === false ? [{ _tag: 'OtherMeanLogDet', difference, expected: expected! } as const] : []),
            ...(theorem !== undefined && !determinant.agree
              ? [{ _tag: 'OtherDeterminant', theorem, ...atRow(determinant.row, a.logDets, b.logDets) } as const]
              : []),
          ]
        : [{ _tag: 'OtherDensity', ...atRow(density.row, a.logProbs, b.logProbs) } as const]),
    ],
  }
}

/** One flow at all rows, and more of it at some. */
interface Look {
  readonly logProbs: Float64Array
  readonly logDets: Float64Array
  readonly seen: Seen
  /** Rows of the sample that Jacobians were looked at, and log|det| of these. */
  readonly places: readonly number[]
  readonly found: Float64Array
  /** Whether the base's density is the same at z and -z there. */
  readonly symmetric: boolean
}

const lookAt = async (
  [flow, params]: Trained,
  sample: Dataset,
  count: number,
  options: ScoreOptions,
): Promise<Look> => {
  const given = { key: rowKey(options.seed ?? 0) }
  const d = sizeOf(flow.domain.shape)
  const [logProbs, logDets] = await overRows(
    (at, x) => [flow.logProb(at, x, given), flow.toLatent(at, x, given).logDet],
    flow,
    params,
    sample,
    options,
  )
  const some = Math.min(count, sample.rows)
  const places = Array.from({ length: some }, (_, i) => Math.floor((i * sample.rows) / some))
  const [latents, matrices, found, there, opposite] = await overRows(
    (at, x) => {
      const latent = (p: Example): Example => reshape(flow.toLatent(at, p, given).value, [d])
      const j = reshape(jacobian(latent)(x), [d, d])
      const { value: z } = flow.toLatent(at, x, given)
      return [
        latent(x),
        j,
        logAbsDet(j),
        flow.base.logProb(at.base, z, given),
        flow.base.logProb(at.base, neg(z), given),
      ]
    },
    flow,
    params,
    rowsAt(sample, places),
    options,
  )
  const cut = (all: Float64Array, size: number): readonly Float64Array[] =>
    places.map((_, i) => all.slice(i * size, (i + 1) * size))
  return {
    logProbs: logProbs!,
    logDets: logDets!,
    seen: { latents: cut(latents!, d), jacobians: cut(matrices!, d * d) },
    places,
    found: found!,
    symmetric: there!.every((x, i) => Math.abs(x - opposite![i]!) <= 1e-9 * Math.max(1, Math.abs(x))),
  }
}

const wrongLogDets = (
  flow: 'first' | 'second',
  { places, found, logDets }: Look,
  tolerance: number,
): readonly UniquenessFinding[] => {
  const off = places.map((row, i) => Math.abs(logDets[row]! - found[i]!))
  const worst = off.indexOf(Math.max(...off.map((x) => (Number.isNaN(x) ? Infinity : x))))
  return worst >= 0 && off[worst]! > tolerance
    ? [{ _tag: 'WrongLogDet', flow, row: places[worst]!, stated: logDets[places[worst]!]!, found: found[worst]! }]
    : []
}

const agreement = (first: Float64Array, second: Float64Array, tolerance: number): Agreement => {
  // Equal infinities agree.
  const differences = first.map((x, i) => (x === second[i] ? 0 : x - second[i]!))
  let row = 0
  for (let i = 1; i < differences.length; i++) if (!(Math.abs(differences[i]!) <= Math.abs(differences[row]!))) row = i
  const largest = Math.abs(differences[row] ?? 0)
  return { difference: estimate(differences), largest, row, agree: largest <= tolerance }
}

const atRow = (row: number, first: Float64Array, second: Float64Array) => ({
  row,
  first: first[row]!,
  second: second[row]!,
})

const extent = (logDets: Float64Array): Extent => ({
  least: Math.exp(logDets.reduce((a, b) => Math.min(a, b), Infinity)),
  most: Math.exp(logDets.reduce((a, b) => Math.max(a, b), -Infinity)),
})

const entropyGap = (first: Trained, second: Trained): number | undefined => {
  const [a, b] = [entropyOf(...first), entropyOf(...second)]
  return a === undefined || b === undefined ? undefined : a - b
}

/** What a base is made of and holds, as text to compare. */
const basisOf = ([flow, params]: Trained): string =>
  JSON.stringify([flow.base.spec, (params as { readonly base?: unknown }).base], (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
  )
