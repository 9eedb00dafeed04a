export { pipe } from 'fp-ts/lib/function.js'
export {
  type Bijector,
  type Cost,
  type Costs,
  type Definition,
  define,
  type Exactness,
  type Given,
  type Json,
  type Lipschitz,
  type Region,
  type Spec,
  unbounded,
  type WithLogDet,
} from './bijector.ts'
export { builtInKinds } from './catalogue.ts'
export { andThen } from './combinators/andThen.ts'
export { Category } from './combinators/category.ts'
export { type Chain, chain, layersOf } from './combinators/chain.ts'
export { identity } from './combinators/identity.ts'
export { invert } from './combinators/invert.ts'
export { getMonoid } from './combinators/monoid.ts'
export type { Conditioner, Network } from './conditioner.ts'
export {
  type Circle,
  circle,
  type Domain,
  openInterval,
  ordered,
  type Positive,
  type Product,
  positive,
  positiveDefinite,
  type Real,
  real,
  type Simplex,
  sameDomain,
  showDomain,
  simplex,
  sphere,
  type Unchecked,
  type UnitInterval,
  unitInterval,
} from './domain.ts'
export { explainFlowError, type FlowError } from './error.ts'
export { type Initial, initialValues } from './initial.ts'
export type { BijectorKind, ConditionerKind, Kinds, Rebuilding, TransformKind } from './kinds.ts'
export {
  countParameters,
  type Declared,
  type DeclaredLeaf,
  flattenDeclared,
  joinPartition,
  leavesOf,
  mapDeclared,
  type Parameter,
  type ParameterTree,
  type Partition,
  parameter,
  partition,
  type Role,
  type Values,
} from './parameters.ts'
export { rebuild } from './rebuild.ts'
export { rawParameters, type Transform, type Transformed } from './transform.ts'
