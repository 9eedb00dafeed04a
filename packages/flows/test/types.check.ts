// What must type, and (ts-expect-error) what must not. Checked by the compiler, never run.
import type { Example, Tensor } from '@diffeo/autodiff'
import { add, exp, mul } from '@diffeo/autodiff'
import type { Category2 } from 'fp-ts/lib/Category.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import {
  andThen,
  type Bijector,
  Category,
  type Chain,
  chain,
  concat,
  type Declared,
  type Domain,
  define,
  elementwise,
  exp as exponential,
  getMonoid,
  identity,
  invert,
  openInterval,
  type Parameter,
  type Positive,
  pipe,
  type Real,
  type Spec,
  scalar,
  stack,
  tanh,
  type UnitInterval,
  type Values,
} from '../src/index.ts'

declare const w: Tensor
declare const x: Example
declare const logOf: Bijector<Positive, Real, Record<string, never>>
declare const sigmoid: Bijector<Real, UnitInterval, Record<string, never>>
declare const affine: Bijector<Real, Real, { readonly scale: Tensor; readonly shift: Tensor }>
declare const coupling: (o: { readonly dim: number }) => Bijector<Real, Real, { readonly net: readonly Tensor[] }>

export const typed: Chain<Positive, UnitInterval> = pipe(logOf, andThen(affine), andThen(sigmoid))
// @ts-expect-error the codomain unitInterval is not the domain real
export const mismatched = pipe(logOf, andThen(sigmoid), andThen(affine))
const real8: Real = { support: 'real', shape: [8] }
const layers: ReadonlyArray<Bijector<Real, Real>> = [affine, coupling({ dim: 8 })]
export const deep: Bijector<Real, Real> = concatAll(getMonoid(real8))(layers)
export const turned: Bijector<UnitInterval, Positive, readonly unknown[]> = pipe(
  logOf,
  andThen(chain(layers)),
  andThen(sigmoid),
  invert,
) as Bijector<UnitInterval, Positive, readonly unknown[]>
// products have runtime lists of domains: checked at construction
export const product = (): Chain => pipe(stack([logOf, sigmoid]), andThen(stack([affine, affine]))) as Chain
// pieces of one support keep it; mixed ones are a product
export const columns: Bijector<Domain<'product'>, Real> = concat([logOf, affine])
export const reals: Bijector<Real, Real> = concat([affine, affine])
// @ts-expect-error a product is no support of one name
export const notReal: Bijector<Real, Real> = concat([affine, sigmoid])

// interval supports are types with names
export const squashed: Bijector<Real, Domain<'(-1, 1)'>> = elementwise(tanh, 2)
export const back = pipe(affine, andThen(elementwise(tanh, 8)), invert)
// @ts-expect-error (-1, 1) is not the unit interval
export const wrongInterval = pipe(elementwise(tanh, 2), andThen(invert(sigmoid)))
export const unit: UnitInterval = openInterval(0, 1)

// a formula's supports are found at run time: it fits any neighbour in types
export const formula = pipe(affine, andThen(scalar((at) => exp(at), 8)), andThen(invert(elementwise(exponential, 8))))
// Where a formula lives is found, so the compiler leaves it to the check at the joint, also when it is run backwards.
export const backwards = pipe(invert(scalar((at) => exp(at), 8)), andThen(affine))

export const empty: Chain<Real, Real> = identity(real8)

// a user's own: parameters are inferred from their declaration
declare const spec: Spec
declare const positive8: Positive
declare const vector: Parameter
export const mine = define({
  spec,
  domain: positive8,
  codomain: real8,
  parameters: { scale: vector, net: { w: vector } },
  forward: (p, at) => ({ value: add(mul(p.scale, at), p.net.w), logDet: at }),
  inverse: (_p, z) => ({ value: z, logDet: z }),
})
export const inferred: Bijector<Positive, Real, { readonly scale: Tensor; readonly net: { readonly w: Tensor } }> = mine
// @ts-expect-error a parameter is missing
mine.forward({ scale: w }, x, {})
export const erased: ReadonlyArray<Bijector> = [mine, logOf, sigmoid, affine, deep]

export const category: Category2<'Bijector'> = Category
export type Check = Declared<Values<{ a: Parameter }>>
declare const someDomain: Domain
export const anywhere: Chain = identity(someDomain)
