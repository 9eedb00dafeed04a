import { concat as joined, slice } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { sideBySide, wantsAlike } from './sideBySide.ts'

/** The support of parts side by side: their own where they have one, else a product. */
export type Joined<S extends string> = IsUnion<S> extends true ? 'product' : S
type IsUnion<S, All = S> = [S] extends [never] ? false : S extends unknown ? ([All] extends [S] ? false : true) : never

/**
 * Maps on consecutive pieces of the leading axis: `[a, …s]` and `[b, …s]` make `[a + b, …s]`. Parameters are a list.
 * Where all parts have one support the whole has it too; else it is a product.
 * @throws when shapes differ off the leading axis, or a part is a scalar (`stack` is for those)
 * @example
 * concat([invert(elementwise(exp, 2)), affine(6)]) // two positive columns and six real ones, as eight reals
 */
export const concat = <S extends string, T extends string>(
  parts: readonly Bijector<Domain<S>, Domain<T>>[],
): Bijector<Domain<Joined<S>>, Domain<Joined<T>>, readonly unknown[]> => {
  const erased = parts as readonly Bijector[]
  const offLeading = (shape: readonly number[]): readonly number[] | undefined =>
    shape.length === 0 ? undefined : shape.slice(1)
  wantsAlike('concat', erased, 'domain', offLeading)
  wantsAlike('concat', erased, 'codomain', offLeading)
  return sideBySide({
    spec: { kind: 'concat', options: null, parts: parts.map((part) => part.spec) },
    parts: erased,
    domain: joinedDomain(parts.map((part) => part.domain)),
    codomain: joinedDomain(parts.map((part) => part.codomain)),
    cut: (x, domains) => {
      let start = 0
      return domains.map(({ shape }) => {
        const from = start
        start += shape[0]!
        return slice(x, 0, from, start)
      })
    },
    join: (xs) => joined(xs, 0),
  }) as unknown as Bijector<Domain<Joined<S>>, Domain<Joined<T>>, readonly unknown[]>
}

const joinedDomain = (domains: readonly Domain[]): Domain => {
  const [first] = domains
  const shape = [domains.reduce((length, d) => length + d.shape[0]!, 0), ...first!.shape.slice(1)]
  const alike = domains.every((d) => d.support === first!.support && d.parts === undefined)
  return alike ? { support: first!.support, shape } : { support: 'product', shape, parts: domains }
}

export const concatKind: BijectorKind = { kind: 'concat', build: (_, parts) => concat(parts) as unknown as Bijector }
