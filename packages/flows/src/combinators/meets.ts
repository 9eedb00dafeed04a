import { sameShape } from '@diffeo/autodiff'
import type { Bijector, Spec } from '../bijector.ts'
import { type Domain, sameDomain, showDomain } from '../domain.ts'
import { mistake, showShape } from '../mistake.ts'

/**
 * Checks that a map's codomain is the next one's domain: supports, shapes and parts of products.
 * @throws naming both sides
 */
export const meets = (first: Bijector, second: Bijector): void => {
  const [a, b] = [lastName(first.spec), firstName(second.spec)]
  if (!sameSupport(first.codomain, second.domain))
    mistake(
      `${a} → ${b}: ${a} maps onto ${supportOf(first.codomain)}, but ${b} is defined on ${supportOf(second.domain)}. Put a bijector between them, or swap them.`,
    )
  if (!sameDomain(first.codomain, second.domain))
    mistake(
      `${a} → ${b}: ${a} gives points of shape ${showShape(first.codomain.shape)}, but ${b} takes shape ${showShape(second.domain.shape)}. Make them of one shape, or reshape between them.`,
    )
}

const sameSupport = (a: Domain, b: Domain): boolean => supportOf(a) === supportOf(b)

/** The support without the shape, parts of a product with theirs. */
const supportOf = ({ support, parts }: Domain): string =>
  parts ? `${support}(${parts.map(showDomain).join(', ')})` : support

/** How a bijector goes by in messages: its kind, or the name that its options give it. */
export const nameOf = ({ kind, options, parts }: Spec): string => {
  if (typeof options === 'object' && options !== null && 'name' in options && typeof options.name === 'string')
    return options.name
  return kind === 'invert' && parts[0] ? `invert(${nameOf(parts[0])})` : kind
}

const lastName = (spec: Spec): string =>
  spec.kind === 'chain' && spec.parts.length ? lastName(spec.parts.at(-1)!) : nameOf(spec)
const firstName = (spec: Spec): string =>
  spec.kind === 'chain' && spec.parts.length ? firstName(spec.parts[0]!) : nameOf(spec)

/** Whether a point of one shape fits a domain, for constructors that take both. */
export const wantsShapeOf = (what: string, domain: Domain, shape: readonly number[]): void => {
  if (!sameShape(domain.shape, shape))
    mistake(`${what}: expected shape ${showShape(shape)}, got ${showShape(domain.shape)}.`)
}
