import { affineKind } from './bijectors/affine.ts'
import { elementwiseKind } from './bijectors/elementwise.ts'
import { scaleKind } from './bijectors/scale.ts'
import { shiftKind } from './bijectors/shift.ts'
import { chainKind } from './combinators/identity.ts'
import { invertKind } from './combinators/invert.ts'
import type { Kinds } from './kinds.ts'
import { scalarKind } from './scalar/scalar.ts'

/** Every kind that comes with the library: one line for each. */
export const builtInKinds: Kinds = {
  bijectors: [affineKind, chainKind, elementwiseKind, invertKind, scalarKind, scaleKind, shiftKind],
  transforms: [],
  conditioners: [],
}
