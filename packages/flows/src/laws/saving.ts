import * as E from 'fp-ts/lib/Either.js'
import type { Bijector, Json } from '../bijector.ts'
import { builtInKinds } from '../catalogue.ts'
import { explainFlowError } from '../error.ts'
import type { Kinds } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { rebuild } from '../rebuild.ts'
import { equal } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

/** What is rebuilt from the spec, through JSON text, declares the same parameters and is the same map. Catches an option that was not saved. */
export const savesItself = (b: Bijector, options: LawOptions & { readonly kinds?: Kinds } = {}): Law => {
  const { kinds = builtInKinds, ...rest } = options
  return law('rebuilt from its spec it is the same map', {
    ...rest,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const again = reloaded(b, kinds)
      const [here, there] = [b.forward(params, x, given), again.forward(params, x, given)]
      const about = [here.value, here.logDet]
      return [equal('f(x)', there.value, here.value, about), equal('logDet', there.logDet, here.logDet, about)]
    },
  })
}

const reloaded = (b: Bijector, kinds: Kinds): Bijector => {
  const again = rebuild(JSON.parse(JSON.stringify(b.spec)) as Json, kinds)
  if (E.isLeft(again)) return mistake(explainFlowError(again.left))
  if (JSON.stringify(again.right.parameters.tree) !== JSON.stringify(b.parameters.tree))
    return mistake(`${b.spec.kind}: the map rebuilt from its spec declares other parameters.`)
  return again.right
}
