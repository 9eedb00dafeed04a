export { type About, approximates, type Claim, equal, finite, member, onTarget, stable } from './claim.ts'
export { staysInCodomain, staysInDomain } from './codomain.ts'
export { bentInTwoOrders, bentOverUniform } from './counterExample.ts'
export {
  densityAgreesWithReference,
  densityKeepsExamplesApart,
  densityRoundsWell,
  densitySavesItself,
  drawsWithTheirDensity,
  hasFiniteScores,
} from './density.ts'
export { derivativesAgreeWithReference, derivesItself, hasFiniteGradients, modesAgree } from './derivatives.ts'
export { determinant, inverseDeterminant, logAbsJacobian } from './determinant.ts'
export {
  integratesToOne,
  samplesMatchDensity,
  statesItsEntropy,
  vanishesOutside,
} from './distribution.ts'
export type { Case, Subject } from './judge.ts'
export { examplesStayApart, keepsExamplesApart } from './lanes.ts'
export { type Law, type LawOptions, law } from './law.ts'
export { type MeanOptions, meanLogDetIsUnique } from './meanLogDet.ts'
export { agreesWithReference, roundsWell } from './rounding.ts'
export { undoes, undoesBack } from './roundTrip.ts'
export { savesItself } from './saving.ts'
export { showTree, type Tree } from './tree.ts'
export { growTree, onTrees, type TreeOptions, trees } from './trees.ts'
export { densityIsUnique, determinantIsUnique, type Exact, type ExactPair, type WhyUnique } from './uniqueness.ts'
export type { DistributionLawOptions } from './wholeDensity.ts'
