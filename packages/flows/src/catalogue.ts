import { affineKind } from './bijectors/affine.ts'
import { affineTransformKind } from './bijectors/affineTransform.ts'
import { elementwiseKind } from './bijectors/elementwise.ts'
import { scaleKind } from './bijectors/scale.ts'
import { shiftKind } from './bijectors/shift.ts'
import { concatKind } from './combinators/concat.ts'
import { conditionalKind } from './combinators/conditional.ts'
import { couplingKind } from './combinators/coupling.ts'
import { chainKind } from './combinators/identity.ts'
import { invertKind } from './combinators/invert.ts'
import { permuteKind } from './combinators/permute.ts'
import { reshapeKind } from './combinators/reshape.ts'
import { sandwichKind } from './combinators/sandwich.ts'
import { stackKind } from './combinators/stack.ts'
import { unifyKind } from './combinators/unify.ts'
import { mlpKind } from './conditioners/mlp.ts'
import type { Kinds } from './kinds.ts'
import { scalarKind } from './scalar/scalar.ts'

/** Every kind that comes with the library: one line for each. */
export const builtInKinds: Kinds = {
  bijectors: [
    affineKind,
    chainKind,
    concatKind,
    conditionalKind,
    couplingKind,
    elementwiseKind,
    invertKind,
    permuteKind,
    reshapeKind,
    sandwichKind,
    scalarKind,
    scaleKind,
    shiftKind,
    stackKind,
    unifyKind,
  ],
  transforms: [affineTransformKind],
  conditioners: [mlpKind],
}
