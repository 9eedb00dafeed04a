import type { Bijector, Json, Spec } from './bijector.ts'
import type { Conditioner } from './conditioner.ts'
import type { Transform } from './transform.ts'

/** Rebuilds what stands inside options: the transform and the conditioner of a coupling, for instance. */
export interface Rebuilding {
  bijector(spec: Json | undefined): Bijector
  transform(spec: Json | undefined): Transform
  conditioner(spec: Json | undefined): Conditioner
}

/**
 * How a kind of bijector is rebuilt from its spec. Plain values in a list, not a registry that modules fill when they
 * are imported: the packages have no side effects, so such a module could be left out of a bundle.
 */
export interface BijectorKind {
  readonly kind: string
  build(options: Json, parts: readonly Bijector[], rebuilding: Rebuilding): Bijector
}
/** How a kind of transform is rebuilt from its options. */
export interface TransformKind {
  readonly kind: string
  build(options: Json, rebuilding: Rebuilding): Transform
}
/** How a kind of conditioner is rebuilt from its options. */
export interface ConditionerKind {
  readonly kind: string
  build(options: Json, rebuilding: Rebuilding): Conditioner
}

/** All that a bijector may be made of. */
export interface Kinds {
  readonly bijectors: readonly BijectorKind[]
  readonly transforms: readonly TransformKind[]
  readonly conditioners: readonly ConditionerKind[]
}

/** Whether a value from outside has the form of a spec. */
export const isSpec = (x: Json | undefined): x is Json & Spec =>
  typeof x === 'object' &&
  x !== null &&
  'kind' in x &&
  typeof x.kind === 'string' &&
  'options' in x &&
  'parts' in x &&
  Array.isArray(x.parts)
