import { affineKind } from './bijectors/affine.ts'
import { affineTransformKind } from './bijectors/affineTransform.ts'
import { elementwiseKind } from './bijectors/elementwise.ts'
import { scaleKind } from './bijectors/scale.ts'
import { shiftKind } from './bijectors/shift.ts'
import { couplingKind } from './combinators/coupling.ts'
import { chainKind } from './combinators/identity.ts'
import { invertKind } from './combinators/invert.ts'
import { mlpKind } from './conditioners/mlp.ts'
import type { Kinds } from './kinds.ts'
import { scalarKind } from './scalar/scalar.ts'

/** Every kind that comes with the library: one line for each. */
export const builtInKinds: Kinds = {
  bijectors: [affineKind, chainKind, couplingKind, elementwiseKind, invertKind, scalarKind, scaleKind, shiftKind],
  transforms: [affineTransformKind],
  conditioners: [mlpKind],
}
