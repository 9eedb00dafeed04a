import { add, type Example } from '@diffeo/autodiff'
import {
  assemble,
  type Bijector,
  type Given,
  type Lipschitz,
  type Region,
  type Spec,
  type WithLogDet,
} from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { mistake, showShape } from '../mistake.ts'
import { leastExact, worstOf } from './chain.ts'
import { nameOf } from './meets.ts'

/** Several maps on parts of one point, which follow one another in row-major order. */
interface SideBySide {
  readonly spec: Spec
  readonly parts: readonly Bijector[]
  readonly domain: Domain
  readonly codomain: Domain
  readonly cut: (x: Example, shapes: readonly Domain[]) => readonly Example[]
  readonly join: (xs: readonly Example[]) => Example
}

/** Each part goes through its own map. The Jacobian is block diagonal: log-determinants add. */
export const sideBySide = ({ spec, parts, domain, codomain, cut, join }: SideBySide): Bijector => {
  const domains = parts.map((part) => part.domain)
  const codomains = parts.map((part) => part.codomain)
  const together = (results: readonly WithLogDet[]): WithLogDet => ({
    value: join(results.map(({ value }) => value)),
    logDet: results.map(({ logDet }) => logDet).reduce((a, b) => add(a, b)),
  })
  const adapts = parts.some((part) => part.adapt)
  return assemble<unknown, Domain, Domain>({
    spec,
    domain,
    codomain,
    parameters: parts.map((part) => part.parameters.tree),
    cost: {
      forward: worstOf(parts.map((part) => part.cost.forward)),
      inverse: worstOf(parts.map((part) => part.cost.inverse)),
    },
    exactness: leastExact(parts.map((part) => part.exactness)),
    forward: (params, x, given) =>
      together(cut(x, domains).map((piece, i) => parts[i]!.forward((params as readonly unknown[])[i], piece, given))),
    inverse: (params, z, given) =>
      together(cut(z, codomains).map((piece, i) => parts[i]!.inverse((params as readonly unknown[])[i], piece, given))),
    ...(adapts && {
      adapt: (params: unknown, x: Example, given: Given) =>
        cut(x, domains).map((piece, i) => {
          const own = (params as readonly unknown[])[i]
          return parts[i]!.adapt ? parts[i]!.adapt!(own, piece, given) : own
        }),
    }),
    lipschitz: (params, region) =>
      blockBounds(regionParts(region, domains), (piece, i) =>
        parts[i]!.lipschitz((params as readonly unknown[])[i], piece),
      ),
    ...(parts.every((part) => part.lipschitzInverse) && {
      lipschitzInverse: (params: unknown, region: Region) =>
        blockBounds(regionParts(region, codomains), (piece, i) =>
          parts[i]!.lipschitzInverse!((params as readonly unknown[])[i], piece),
        ),
    }),
  })
}

/** The largest stretch of any block; images side by side. */
const blockBounds = (regions: readonly Region[], bound: (region: Region, i: number) => Lipschitz): Lipschitz => {
  const bounds = regions.map(bound)
  const joined = (side: keyof Region): Float64Array =>
    Float64Array.from(bounds.flatMap(({ image }) => Array.from(image[side])))
  return {
    forward: Math.max(...bounds.map(({ forward }) => forward)),
    inverse: Math.max(...bounds.map(({ inverse }) => inverse)),
    image: { lower: joined('lower'), upper: joined('upper') },
  }
}

const regionParts = (region: Region, domains: readonly Domain[]): readonly Region[] => {
  let start = 0
  return domains.map(({ shape }) => {
    const from = start
    start += shape.reduce((product, n) => product * n, 1)
    return { lower: region.lower.slice(from, start), upper: region.upper.slice(from, start) }
  })
}

/** Checks that shapes agree where `shared` says; names the first part that differs. */
export const wantsAlike = (
  what: string,
  parts: readonly Bijector[],
  side: 'domain' | 'codomain',
  shared: (shape: readonly number[]) => readonly number[] | undefined,
): void => {
  if (parts.length === 0) mistake(`${what}: needs at least one part.`)
  const first = shared(parts[0]![side].shape)
  for (const part of parts) {
    const own = shared(part[side].shape)
    if (own === undefined || showShape(own) !== showShape(first!))
      mistake(
        `${what}: the ${side} of ${nameOf(part.spec)} has shape ${showShape(part[side].shape)}, that of ${nameOf(parts[0]!.spec)} has ${showShape(parts[0]![side].shape)}.`,
      )
  }
}
