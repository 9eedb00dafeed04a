import type { Bijector } from '../bijector.ts'
import { member } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

/** Forward lands in the codomain. */
export const staysInCodomain = (b: Bijector, options?: LawOptions): Law =>
  law('forward lands in the codomain', {
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => [member('f(x)', b.forward(params, x, given).value, b.codomain, [x])],
  })

/** Inverse lands in the domain. */
export const staysInDomain = (b: Bijector, options?: LawOptions): Law =>
  law('inverse lands in the domain', {
    ...options,
    domain: b.codomain,
    parameters: b.parameters,
    claims: (params, z, given) => [member('f⁻¹(z)', b.inverse(params, z, given).value, b.domain, [z])],
  })
