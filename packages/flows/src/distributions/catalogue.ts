import { diagonalNormalKind } from './diagonalNormal.ts'
import type { DistributionKind } from './kinds.ts'
import { logisticKind } from './logistic.ts'
import { mixtureKind } from './mixture.ts'
import { multivariateNormalKind } from './multivariateNormal.ts'
import { probabilisticPCAKind } from './probabilisticPCA.ts'
import { standardNormalKind } from './standardNormal.ts'
import { studentTKind } from './studentT.ts'
import { uniformKind } from './uniform.ts'

/** Every distribution that comes with the library: one line for each. */
export const builtInDistributions: readonly DistributionKind[] = [
  diagonalNormalKind,
  logisticKind,
  mixtureKind,
  multivariateNormalKind,
  probabilisticPCAKind,
  standardNormalKind,
  studentTKind,
  uniformKind,
]
