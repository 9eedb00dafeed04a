import {
  cholesky,
  type Example,
  jacobian,
  matmul,
  reshape,
  sizeOf,
  stack,
  sub,
  take,
  transpose,
} from '@diffeo/autodiff'
import type { Given, WithLogDet } from '../bijector.ts'
import { orderOf } from '../combinators/autoregressive/order.ts'
import { positive, sameDomain, showDomain } from '../domain.ts'
import type { Flow } from '../flow.ts'
import { mistake } from '../mistake.ts'
import type { Declared } from '../parameters.ts'
import type { WhyUnique } from '../theory/whyUnique.ts'
import { type About, type Claim, equal, member } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

export type { WhyUnique } from '../theory/whyUnique.ts'

// What is unique about a flow that is exact for a distribution: always its density and the mean of its log-determinant;
// the determinant itself only within the classes of `WhyUnique` (Liao & He 2021, Jacobian determinant of normalizing
// flows, claim it of all). `bentInTwoOrders` shows why not of others.

/** A flow that has exactly a given distribution, for each of the distribution's parameters `P`. */
export interface Exact<P = unknown> {
  readonly flow: Flow
  /** The flow's parameters with which it has that distribution. */
  params(distribution: P): unknown
}

/** Two exact flows of one family of distributions, whose parameters are declared. */
export interface ExactPair<P = unknown> {
  readonly parameters: Declared<P>
  readonly first: Exact<P>
  readonly second: Exact<P>
}

/** p_Z(f(x)) |det J_f(x)| is the same of every exact flow, at every x, whatever base it has. Catches a flow that is not exact. */
export const densityIsUnique = (pair: ExactPair, options?: LawOptions): Law => {
  wantsOneSpace(pair)
  return law('exact flows have one density', {
    ...options,
    domain: pair.first.flow.domain,
    parameters: pair.parameters,
    claims: (distribution, x, given) => {
      const at = ({ flow, params }: Exact): Example => flow.logProb(params(distribution) as never, x, given)
      return [equal('log p(x)', at(pair.first), at(pair.second), metAt(pair, distribution, x, given))]
    },
  })
}

/**
 * |det J_f(x)| is the same of two exact flows over one base, at every x, for the reason given. The reason is judged
 * too: at every point, by the Jacobians, or at once, where one look at the flows is enough.
 * @throws when the flows live on different spaces or bases, or the reason cannot hold
 */
export const determinantIsUnique = (pair: ExactPair, why: WhyUnique, options?: LawOptions): Law => {
  wantsOneSpace(pair)
  wantsOneBase(pair)
  const { domain } = pair.first.flow
  if (why._tag === 'IncreasingInOneDimension' && sizeOf(domain.shape) !== 1)
    mistake(`determinantIsUnique: ${why._tag} is about one coordinate, but the flows live on ${showDomain(domain)}.`)
  if (why._tag === 'UniformBase' && pair.first.flow.base.spec.kind !== 'uniform')
    mistake(`determinantIsUnique: ${why._tag} needs a uniform base, got ${pair.first.flow.base.spec.kind}.`)
  return law('exact flows have one determinant', {
    ...options,
    domain,
    parameters: pair.parameters,
    claims: (distribution, x, given) => {
      const maps = [pair.first, pair.second].map((exact) => latentOf(exact, distribution, given))
      const [first, second] = maps.map((map) => map(x).logDet)
      const about = metAt(pair, distribution, x, given)
      return [...premises(why, maps, x, about), equal('logDet', first!, second!, about)]
    },
  })
}

/** What a reason says of the Jacobians of both maps at one point. */
const premises = (
  why: WhyUnique,
  maps: readonly ((x: Example) => WithLogDet)[],
  x: Example,
  about: readonly About[],
): readonly Claim[] => {
  if (why._tag === 'UniformBase') return []
  const n = sizeOf(x.shape)
  const [first, second] = maps.map((map) => reshape(jacobian((at: Example) => map(at).value)(x), [n, n]))
  const both = [first!, second!]
  switch (why._tag) {
    case 'IncreasingInOneDimension':
      return both.map((j) => member('slope', j, positive(), about))
    case 'Isometry':
      return [equal('JᵀJ', gram(first!), gram(second!), about)]
    case 'IncreasingTriangular':
      return both.flatMap((j) => triangular(j, orderOf(n, why.order, n).ranks, about))
    case 'GradientOfConvex':
      return both.flatMap((j) => [
        equal('J = Jᵀ', j, transpose(j), about),
        member('Cholesky factor of J', diagonal(cholesky(j)), positive(), about),
      ])
  }
}

const gram = (j: Example): Example => matmul(transpose(j), j)

const entry = (j: Example, row: number, column: number): Example => take(take(j, 0, row), 0, column)
const diagonal = (j: Example): Example => stack(Array.from({ length: j.shape[0]! }, (_, i) => entry(j, i, i)))

const triangular = (j: Example, ranks: readonly number[], about: readonly About[]): readonly Claim[] => {
  const later = ranks.flatMap((own, row) =>
    ranks.flatMap((rank, column) => (rank > own ? [entry(j, row, column)] : [])),
  )
  const zeros = later.length === 0 ? [] : [stack(later)]
  return [
    ...zeros.map((all) => equal('slopes by later coordinates', all, sub(all, all), about)),
    member('slopes by own coordinates', diagonal(j), positive(), about),
  ]
}

const latentOf =
  ({ flow, params }: Exact, distribution: unknown, given: Given) =>
  (x: Example): WithLogDet =>
    flow.toLatent(params(distribution) as never, x, given)

/** The point and where both flows take it. */
const metAt = ({ first, second }: ExactPair, distribution: unknown, x: Example, given: Given): readonly About[] => [
  { value: x, domain: first.flow.domain },
  ...[first, second].flatMap((exact): readonly About[] => {
    const { value, logDet } = latentOf(exact, distribution, given)(x)
    return [{ value, domain: exact.flow.base.domain }, logDet]
  }),
]

/** @throws when the flows do not live on one space */
export const wantsOneSpace = ({ first, second }: ExactPair): void => {
  if (!sameDomain(first.flow.domain, second.flow.domain))
    mistake(
      `uniqueness: both flows are of one distribution, but one lives on ${showDomain(first.flow.domain)}, the other on ${showDomain(second.flow.domain)}.`,
    )
}

const wantsOneBase = ({ first, second }: ExactPair): void => {
  const [a, b] = [first.flow.base.spec, second.flow.base.spec].map((spec) => JSON.stringify(spec))
  if (a !== b) mistake(`determinantIsUnique: determinants are compared over one base, got ${a} and ${b}.`)
}
