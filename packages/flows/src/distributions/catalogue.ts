import type { DistributionKind } from './kinds.ts'
import { standardNormalKind } from './standardNormal.ts'

/** Every distribution that comes with the library: one line for each. */
export const builtInDistributions: readonly DistributionKind[] = [standardNormalKind]
