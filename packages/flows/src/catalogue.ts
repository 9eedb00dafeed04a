import { chainKind } from './combinators/identity.ts'
import { invertKind } from './combinators/invert.ts'
import type { Kinds } from './kinds.ts'

/** Every kind that comes with the library: one line for each. */
export const builtInKinds: Kinds = {
  bijectors: [chainKind, invertKind],
  transforms: [],
  conditioners: [],
}
