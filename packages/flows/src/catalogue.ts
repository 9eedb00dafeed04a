import { actNormKind } from './bijectors/actNorm.ts'
import { affineKind } from './bijectors/affine.ts'
import { affineTransformKind } from './bijectors/affineTransform.ts'
import { choleskyLinearKind } from './bijectors/cholesky.ts'
import { denseLinearKind } from './bijectors/dense.ts'
import { dynamicLinearCouplingKind } from './bijectors/dynamicLinearCoupling.ts'
import { elementwiseKind } from './bijectors/elementwise.ts'
import { gradientOfConvexKind } from './bijectors/gradientOfConvex.ts'
import { householderKind } from './bijectors/householder.ts'
import { lowRankWhiteningKind } from './bijectors/lowRankWhitening.ts'
import { luLinearKind } from './bijectors/lu.ts'
import { matrixExponentialKind } from './bijectors/matrixExponential.ts'
import { qrLinearKind } from './bijectors/qr.ts'
import { rationalQuadraticSplineKind } from './bijectors/rationalQuadraticSpline.ts'
import { residualKind } from './bijectors/residual.ts'
import { scaleKind } from './bijectors/scale.ts'
import { shiftKind } from './bijectors/shift.ts'
import { standardiseKind } from './bijectors/standardise.ts'
import { svdLinearKind } from './bijectors/svd.ts'
import { autoregressiveKind } from './combinators/autoregressive.ts'
import { concatKind } from './combinators/concat.ts'
import { conditionalKind } from './combinators/conditional.ts'
import { couplingKind } from './combinators/coupling.ts'
import { chainKind } from './combinators/identity.ts'
import { invertKind } from './combinators/invert.ts'
import { permuteKind } from './combinators/permute.ts'
import { reshapeKind } from './combinators/reshape.ts'
import { sandwichKind } from './combinators/sandwich.ts'
import { stackKind } from './combinators/stack.ts'
import { unconditionedKind } from './combinators/unconditioned.ts'
import { unifyKind } from './combinators/unify.ts'
import { mlpKind } from './conditioners/mlp.ts'
import type { Kinds } from './kinds.ts'
import { scalarKind } from './scalar/scalar.ts'

/** Every kind that comes with the library: one line for each. */
export const builtInKinds: Kinds = {
  bijectors: [
    actNormKind,
    affineKind,
    autoregressiveKind,
    chainKind,
    choleskyLinearKind,
    concatKind,
    conditionalKind,
    couplingKind,
    denseLinearKind,
    dynamicLinearCouplingKind,
    elementwiseKind,
    gradientOfConvexKind,
    householderKind,
    invertKind,
    lowRankWhiteningKind,
    luLinearKind,
    matrixExponentialKind,
    permuteKind,
    qrLinearKind,
    reshapeKind,
    residualKind,
    sandwichKind,
    scalarKind,
    scaleKind,
    shiftKind,
    stackKind,
    standardiseKind,
    svdLinearKind,
    unconditionedKind,
    unifyKind,
  ],
  transforms: [affineTransformKind, rationalQuadraticSplineKind],
  conditioners: [mlpKind],
}
