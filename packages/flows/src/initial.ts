import {
  add,
  constant,
  div,
  equal,
  expandDims,
  filled,
  iota,
  less,
  lessEqual,
  loop,
  matmul,
  mul,
  random,
  type Shape,
  sqrt,
  sub,
  sum,
  type Tensor,
  where,
} from '@diffeo/autodiff'
import type { Json } from './bijector.ts'
import { mistake, showShape } from './mistake.ts'
import { type Declared, mapDeclared } from './parameters.ts'

/**
 * How a parameter starts, as data.
 * - `zeros`, `ones`, `constant`: one number everywhere; `values`: given numbers in row-major order.
 * - `normal`: mean 0 (or `mean`) and standard deviation `scale`; `uniform`: between `lower` and `upper`.
 * - `glorot`: normal with variance 2/(fanIn + fanOut) (Glorot & Bengio 2010); `he`: 2/fanIn (He et al. 2015). A weight
 *   matrix is `[out, in]`; where the fans are left out they are its lengths.
 * - `identity`: a square matrix; `orthogonal`: a square matrix drawn uniformly from all rotations and reflections
 *   (Stewart 1980), times `scale`.
 */
export type Initial =
  | { readonly kind: 'zeros' | 'ones' | 'identity' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'normal'; readonly scale: number; readonly mean?: number }
  | { readonly kind: 'uniform'; readonly lower: number; readonly upper: number }
  | { readonly kind: 'glorot'; readonly fanIn?: number; readonly fanOut?: number }
  | { readonly kind: 'he'; readonly fanIn?: number }
  | { readonly kind: 'orthogonal'; readonly scale?: number }

/**
 * Starting values of all parameters, as a graph of the key: the same key gives the same values everywhere. Leaf i
 * draws from `random.foldIn(key, i)`, so a leaf's draw does not depend on the others' shapes.
 * @throws when an initialiser does not fit its shape
 */
export const initialValues = <P>(declared: Declared<P>, key: Tensor): P =>
  mapDeclared(declared, ({ path, parameter: { shape, initial } }, i) => {
    if (!isInitial(initial)) return mistake(`parameter ${path}: ${JSON.stringify(initial)} is not an initialiser.`)
    return draw(initial, shape, random.foldIn(key, i), path)
  }) as P

const kinds: ReadonlySet<string> = new Set<Initial['kind']>([
  'zeros',
  'ones',
  'identity',
  'constant',
  'values',
  'normal',
  'uniform',
  'glorot',
  'he',
  'orthogonal',
])
const isInitial = (x: Json): x is Json & Initial =>
  typeof x === 'object' && x !== null && 'kind' in x && typeof x.kind === 'string' && kinds.has(x.kind)

const draw = (initial: Initial, shape: Shape, key: Tensor, path: string): Tensor => {
  switch (initial.kind) {
    case 'zeros':
      return filled(0, shape)
    case 'ones':
      return filled(1, shape)
    case 'constant':
      return filled(initial.value, shape)
    case 'values':
      return constant(Float64Array.from(initial.values), shape)
    case 'normal':
      return add(mul(random.normal(key, shape), initial.scale), initial.mean ?? 0)
    case 'uniform':
      return add(mul(random.uniform(key, shape), initial.upper - initial.lower), initial.lower)
    case 'glorot':
      return mul(
        random.normal(key, shape),
        Math.sqrt(2 / ((initial.fanIn ?? fan(shape, -1)) + (initial.fanOut ?? fan(shape, -2)))),
      )
    case 'he':
      return mul(random.normal(key, shape), Math.sqrt(2 / (initial.fanIn ?? fan(shape, -1))))
    case 'identity':
      return identityMatrix(square(shape, 'identity', path))
    case 'orthogonal':
      return mul(orthogonalMatrix(square(shape, 'orthogonal', path), key), initial.scale ?? 1)
  }
}

const fan = (shape: Shape, axis: number): number => Math.max(1, shape.at(axis) ?? 1)

const square = (shape: Shape, kind: string, path: string): number =>
  shape.length === 2 && shape[0] === shape[1]
    ? shape[0]!
    : mistake(`parameter ${path}: ${kind} starts a square matrix, got shape ${showShape(shape)}.`)

const identityMatrix = (n: number): Tensor => where(equal(expandDims(iota(n), 1), iota(n)), 1, 0)

/**
 * H₀ H₁ … H₍ₙ₋₁₎ D: the reflection Hₖ turns axis k into a direction uniform among the axes from k on, D draws signs. So
 * the first column is uniform on the sphere, the next on what is left, and so on.
 */
const orthogonalMatrix = (n: number, key: Tensor): Tensor => {
  const directions = random.normal(random.foldIn(key, 0), [n, n])
  const signs = where(lessEqual(random.uniform(random.foldIn(key, 1), [n]), 0.5), -1, 1)
  return loop(n, mul(identityMatrix(n), signs), (q: Tensor, i: Tensor) => {
    const k = sub(n - 1, i)
    const own = where(equal(iota(n), k), 1, 0)
    const x = where(lessEqual(k, iota(n)), matmul(own, directions), 0)
    const axis = sum(mul(x, own))
    const v = add(x, mul(own, mul(where(less(axis, 0), -1, 1), sqrt(sum(mul(x, x))))))
    return sub(q, mul(expandDims(v, 1), mul(expandDims(matmul(v, q), 0), div(2, sum(mul(v, v))))))
  })
}
