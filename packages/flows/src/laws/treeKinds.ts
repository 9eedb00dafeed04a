import { add, mul, tanh as tanhOf } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import { actNorm } from '../bijectors/actNorm.ts'
import { affine } from '../bijectors/affine.ts'
import { affineTransform } from '../bijectors/affineTransform.ts'
import { choleskyLinear } from '../bijectors/cholesky.ts'
import { denseLinear } from '../bijectors/dense.ts'
import { dynamicLinearCoupling } from '../bijectors/dynamicLinearCoupling.ts'
import { elementwise, type ScalarBijection } from '../bijectors/elementwise.ts'
import { exp } from '../bijectors/exp.ts'
import { householder } from '../bijectors/householder.ts'
import { leakyTanh } from '../bijectors/leakyTanh.ts'
import { luLinear } from '../bijectors/lu.ts'
import { matrixExponential } from '../bijectors/matrixExponential.ts'
import { power } from '../bijectors/power.ts'
import { qrLinear } from '../bijectors/qr.ts'
import { rationalQuadraticSpline } from '../bijectors/rationalQuadraticSpline.ts'
import { scale } from '../bijectors/scale.ts'
import { shift } from '../bijectors/shift.ts'
import { sigmoid } from '../bijectors/sigmoid.ts'
import { softclip } from '../bijectors/softclip.ts'
import { softplus } from '../bijectors/softplus.ts'
import { standardise } from '../bijectors/standardise.ts'
import { svdLinear } from '../bijectors/svd.ts'
import { tanh } from '../bijectors/tanh.ts'
import { andThen } from '../combinators/andThen.ts'
import { autoregressive } from '../combinators/autoregressive.ts'
import { chain } from '../combinators/chain.ts'
import { concat } from '../combinators/concat.ts'
import { conditional } from '../combinators/conditional.ts'
import { alternating } from '../combinators/coupling/mask.ts'
import { coupling } from '../combinators/coupling.ts'
import { identity } from '../combinators/identity.ts'
import { invert } from '../combinators/invert.ts'
import { permute } from '../combinators/permute.ts'
import { repeat } from '../combinators/repeat.ts'
import { reshape } from '../combinators/reshape.ts'
import { sandwich } from '../combinators/sandwich.ts'
import { stack } from '../combinators/stack.ts'
import { unconditioned } from '../combinators/unconditioned.ts'
import { unify } from '../combinators/unify.ts'
import { maskedMlp } from '../conditioners/maskedMlp.ts'
import { mlp } from '../conditioners/mlp.ts'
import { type Product, real } from '../domain.ts'
import { countParameters } from '../parameters.ts'
import { scalar } from '../scalar/scalar.ts'
import { TREE_CONTEXT, type TreeKind, type Watch } from './tree.ts'

const erased = (b: unknown): Bijector => b as Bijector
const always = (): boolean => true
const severalOf = (size: number): boolean => size >= 2

type Fits = TreeKind['fits']
const leaf = (
  name: string,
  grow: (size: number, seed: number, watch: Watch) => unknown,
  fits: Fits = always,
): TreeKind => ({
  name,
  role: 'leaf',
  fits,
  grow: ({ size, seed }, _, watch) => watch(erased(grow(size, seed, watch))),
})

const spline = rationalQuadraticSpline({ bins: 4, tails: 3 })
const transforms = { affine: affineTransform(), spline } as const
/** Smooth networks: where a unit switches, both sides of a kink are right, and nothing could be asked. */
const smooth = { activation: 'tanh' } as const
const contextOf = (seed: number) => (seed % 3 === 0 ? { ...smooth, context: TREE_CONTEXT[0] } : smooth)

/** Scalar maps of the reals onto one support, and maps of that support onto itself. */
const supports: readonly { readonly from: readonly ScalarBijection[]; readonly inside: readonly ScalarBijection[] }[] =
  [
    { from: [exp, softplus], inside: [power(2), power(-0.5)] },
    { from: [tanh, softclip(1)], inside: [] },
    { from: [sigmoid], inside: [] },
  ]

/** Into another support, and back by another way. */
const through = (size: number, seed: number, watch: Watch): Bijector => {
  const { from, inside } = supports[seed % supports.length]!
  const [into, back] = [from[seed % from.length]!, from[(seed + 1) % from.length]!]
  const between = inside.filter((_, i) => (seed >> i) % 2 === 1)
  const [last, ...maps] = [back, into, ...between].map((map) => watch(erased(elementwise(map, size))))
  return [...maps, invert(last!)].reduce((first, next) => andThen(next)(first))
}

/** Element by element on a matrix of the same numbers. */
const reshaped = (size: number, seed: number): Bijector => {
  const shape = [size / 2, 2]
  const inner = erased(seed % 2 === 0 ? affine(shape) : unconditioned(spline, shape))
  return chain([erased(reshape(real(size), shape)), inner, erased(reshape(real(shape), size))])
}

const leaves: readonly TreeKind[] = [
  leaf('affine', (size) => affine(size)),
  leaf('identity', (size) => identity(real(size))),
  leaf('shift', (size) => shift(size)),
  leaf('scale', (size) => scale(size)),
  leaf('actNorm', (size) => actNorm(size)),
  leaf('standardise', (size, seed) =>
    standardise(size, { mean: Array(size).fill(seed - 5), standardDeviation: Array(size).fill(2 ** (seed - 5)) }),
  ),
  leaf('leakyTanh', (size, seed) => elementwise(leakyTanh(1 + (seed % 4)), size)),
  leaf('scalarBySearch', (size) => scalar((x) => add(x, mul(0.5, tanhOf(x))), { shape: [size] })),
  leaf('spline', (size) => unconditioned(spline, size)),
  leaf('luLinear', (size, seed) => luLinear(size, { seed })),
  leaf('denseLinear', (size) => denseLinear(size)),
  leaf('qrLinear', (size) => qrLinear(size)),
  leaf('svdLinear', (size) => svdLinear(size)),
  leaf('choleskyLinear', (size) => choleskyLinear(size)),
  leaf('matrixExponential', (size) => matrixExponential(size)),
  leaf(
    'dynamicLinearCoupling',
    (size, seed) => dynamicLinearCoupling({ parts: [size - 1, 1], conditioner: mlp([4], contextOf(seed)) }),
    severalOf,
  ),
  leaf('householder', (size, seed) => householder(size, 1 + (seed % size))),
  leaf('permute', (size, seed) => permute(Array.from({ length: size }, (_, i) => (i + seed) % size))),
  leaf('through', through),
  leaf('reshaped', reshaped, (size) => size % 2 === 0),
  ...(['affine', 'spline'] as const).flatMap((family) => [
    leaf(
      `${family}Coupling`,
      (size, seed) =>
        coupling({
          mask: alternating(size, seed),
          transform: transforms[family],
          conditioner: mlp([4], contextOf(seed)),
        }),
      severalOf,
    ),
    leaf(`${family}Autoregressive`, (size, seed) =>
      autoregressive({
        dim: size,
        transform: transforms[family],
        conditioner: maskedMlp([5], contextOf(seed)),
        order: seed % 2 === 0 ? 'natural' : 'reversed',
        inverse: seed % 5 === 0 ? 'jacobi' : 'incremental',
      }),
    ),
  ]),
]

const branch = (name: string, rest: Omit<TreeKind, 'name' | 'role'>): TreeKind => ({ name, role: 'branch', ...rest })

const branches: readonly TreeKind[] = [
  branch('chain', { fits: always, sizes: () => 'list', weight: 4, grow: (_, parts) => chain(parts) }),
  branch('invert', { fits: always, sizes: (size) => [[size]], weight: 2, grow: (_, [part]) => invert(part!) }),
  branch('concat', {
    fits: severalOf,
    sizes: (size) => Array.from({ length: size - 1 }, (_, i) => [i + 1, size - 1 - i]),
    grow: (_, parts) => erased(concat(parts as never)),
  }),
  branch('stack', {
    fits: (size) => size % 2 === 0,
    sizes: (size) => [[size / 2, size / 2]],
    grow: ({ size }, parts) => stacked(size, parts),
  }),
  branch('sandwich', {
    fits: always,
    sizes: (size) => [[size, size]],
    grow: (_, [outer, inner]) => erased(sandwich(outer!)(inner!)),
  }),
  branch('sandwichThrough', {
    fits: always,
    sizes: (size) => [[size]],
    // Seen in another support the map runs from it to the reals and back.
    grow: ({ size, seed }, [inner], watch) => {
      const { from } = supports[seed % supports.length]!
      const [into, other] = [0, 1].map((i) => watch(erased(elementwise(from[(seed + i) % from.length]!, size))))
      return erased(sandwich(into!)(chain([invert(other!), inner!, other!])))
    },
  }),
  branch('repeat', { fits: always, sizes: (size) => [[size]], grow: (_, [part]) => repeat(2, () => part as never) }),
  branch('conditional', {
    fits: always,
    sizes: (size) => [[size]],
    grow: (_, [part]) =>
      countParameters(part!.parameters, 'trained') === 0
        ? part!
        : conditional(mlp([3], { ...smooth, context: TREE_CONTEXT[0] }))(part!),
  }),
]

/** Each half of the vector by its own map, as rows of a matrix. */
const stacked = (size: number, parts: readonly Bijector[]): Bijector => {
  const product = stack(parts)
  const rows = [parts.length, size / parts.length]
  return chain([
    erased(reshape(real(size), rows)),
    erased(invert(unify(product.domain as Product, 'real'))),
    product as Bijector,
    erased(unify(product.codomain as Product, 'real')),
    erased(reshape(real(rows), size)),
  ])
}

const root = (name: string, grow: TreeKind['grow'], fits: Fits = always): TreeKind => ({
  name,
  role: 'root',
  fits,
  grow,
})
const supportOf = (seed: number): ScalarBijection => {
  const all = supports.flatMap(({ from }) => from)
  return all[seed % all.length]!
}

const roots: readonly TreeKind[] = [
  root('startsElsewhere', ({ size, seed }, [part], watch) =>
    andThen(part!)(invert(watch(erased(elementwise(supportOf(seed), size))))),
  ),
  root('endsElsewhere', ({ size, seed }, [part], watch) =>
    andThen(watch(erased(elementwise(supportOf(seed), size))))(part!),
  ),
  root(
    'startsInProduct',
    ({ size, seed }, [part], watch) => {
      const first = invert(watch(erased(elementwise(supportOf(seed), 1))))
      const both = concat([first, erased(identity(real(size - 1)))] as never)
      return andThen(part!)(both as unknown as Bijector)
    },
    severalOf,
  ),
]

/** Every kind of node: a new layer joins all random compositions by one line. */
export const kindsOfTree: readonly TreeKind[] = [...leaves, ...branches, ...roots]
