import {
  abs,
  add,
  concat,
  constant,
  div,
  type Example,
  expandDims,
  matmul,
  mul,
  neg,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  triangularSolve,
  where,
} from '@diffeo/autodiff'
import { assemble, type Bijector, type Json, type WithLogDet } from '../bijector.ts'
import type { Conditioner, Network } from '../conditioner.ts'
import { type Real, real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { parameter } from '../parameters.ts'
import { trianglesOf } from './linear/packedTriangles.ts'

/** What `dynamicLinearCoupling` is made of. */
export interface DynamicLinearCouplingOptions {
  /** Channels of each part, in order; two parts at least. */
  readonly parts: readonly number[]
  /** Makes a matrix and a shift for each part but the first, from all parts before it. */
  readonly conditioner: Conditioner
  /** Positions that share their part's matrix: points are `[channels, positions]`. When left out they are `[channels]`. */
  readonly positions?: number
  /** Logarithms of a matrix's diagonal stay within ±bound; 3 when left out. */
  readonly bound?: number
}

/** The first part's numbers, `[n² + n]`, and the networks' of the others. */
export interface DynamicLinearCouplingParams {
  readonly first: Tensor
  readonly networks: readonly unknown[]
}

/**
 * Channels mixed by matrices that depend on the data: the point is cut into K parts, and z_k = W_k x_k + b_k with W_k and b_k
 * computed from x_1 … x_(k-1); those of the first part are parameters. The identity at the start.
 *
 * - `x`, `z`: `[C]` or `[C, N]`, C the sum of the parts. W = L U, L with a diagonal of 1 and U with a positive one, so
 *   log|det J| = N Σ log U_ii over all parts, without a determinant. One matrix serves all N positions.
 * - Forward is one pass, the inverse one pass for each part.
 * - No bound on all of R^d: the matrices change with the data without end. Its own log-likelihood is bounded part by part
 *   by `channelCeiling` of that part with weights from other variables.
 * @throws when there are less than two parts, or a size or the bound is out of range
 *
 * @see Liao, He & Shu 2019, Generative model with dynamic linear flow, arXiv 1905.03239, section 3
 */
export const dynamicLinearCoupling = (
  options: DynamicLinearCouplingOptions,
): Bijector<Real, Real, DynamicLinearCouplingParams> => {
  const { parts, conditioner, positions, bound = 3 } = options
  const perChannel = positions ?? 1
  if (parts.length < 2)
    mistake(`dynamicLinearCoupling: needs two parts at least, got ${parts.length}. For one, use luLinear.`)
  for (const size of [...parts, perChannel])
    if (!(Number.isInteger(size) && size > 0))
      mistake(`dynamicLinearCoupling: parts and positions are whole numbers, at least 1, got ${size}.`)
  if (!(bound > 0 && bound < Infinity)) mistake(`dynamicLinearCoupling: the bound is a positive number, got ${bound}.`)
  const starts = parts.map((_, k) => parts.slice(0, k).reduce((total, n) => total + n, 0))
  const channels = starts.at(-1)! + parts.at(-1)!
  const steps = parts.map((size) => step(size, perChannel, bound))
  const networks: readonly Network[] = parts
    .slice(1)
    .map((size, k) => conditioner.network(starts[k + 1]! * perChannel, size * size + size))
  const domain = real(positions === undefined ? [channels] : [channels, positions])
  const part = (x: Example, k: number): Example =>
    reshape(slice(x, 0, starts[k]!, starts[k]! + parts[k]!), [parts[k]!, perChannel])
  /** Numbers of part k, from the parts before it. */
  const rawOf = (
    params: DynamicLinearCouplingParams,
    k: number,
    before: Example,
    context: Example | undefined,
  ): Example =>
    k === 0
      ? params.first
      : networks[k - 1]!.apply(params.networks[k - 1], reshape(before, [starts[k]! * perChannel]), context)
  const whole = (done: readonly WithLogDet[]): WithLogDet => ({
    value: reshape(concat(done.map(({ value }) => value)), domain.shape),
    logDet: done.reduce<Example>((total, { logDet }) => add(total, logDet), constant(0)),
  })
  return assemble<DynamicLinearCouplingParams, Real, Real>({
    spec: {
      kind: 'dynamicLinearCoupling',
      options: {
        parts,
        bound,
        ...(positions !== undefined && { positions }),
        conditioner: conditioner.spec as unknown as Json,
      },
      parts: [],
    },
    domain,
    codomain: domain,
    parameters: {
      first: parameter([parts[0]! * parts[0]! + parts[0]!], { kind: 'zeros' }),
      networks: networks.map((network) => network.parameters),
    },
    cost: { forward: 'parallel', inverse: 'sequential' },
    forward: (params, x, { context }) =>
      whole(steps.map(({ forward }, k) => forward(rawOf(params, k, slice(x, 0, 0, starts[k]!), context), part(x, k)))),
    inverse: (params, z, { context }) => {
      const done: WithLogDet[] = []
      steps.forEach(({ inverse }, k) => {
        const before = k === 0 ? z : concat(done.map(({ value }) => value))
        done.push(inverse(rawOf(params, k, before, context), part(z, k)))
      })
      return whole(done)
    },
  })
}

interface Step {
  forward(raw: Example, x: Example): WithLogDet
  inverse(raw: Example, z: Example): WithLogDet
}

/** x ↦ L U x + b for `[n, N]`, with n² + n raw numbers: both triangles as they are packed, then b. */
const step = (size: number, perChannel: number, bound: number): Step => {
  const triangles = trianglesOf(size)
  const onDiagonal = constant(
    Float64Array.from({ length: size * size }, (_, e) => Number(e % (size + 1) === 0)),
    [size, size],
    'bool',
  )
  const partsOf = (raw: Example) => {
    const packed = reshape(slice(raw, 0, 0, size * size), [size, size])
    // Softly clamped, so that no network can stretch a channel further than e^bound for itself.
    const clamped = div(packed, add(1, div(abs(packed), bound)))
    return {
      ...triangles(where(onDiagonal, clamped, packed)),
      shift: expandDims(slice(raw, 0, size * size, size * size + size), 1),
    }
  }
  return {
    forward: (raw, x) => {
      const { lower, upper, logDiagonal, shift } = partsOf(raw)
      return { value: add(matmul(lower, matmul(upper, x)), shift), logDet: mul(perChannel, sum(logDiagonal)) }
    },
    inverse: (raw, z) => {
      const { lower, upper, logDiagonal, shift } = partsOf(raw)
      const inner = triangularSolve(lower, sub(z, shift), { unitDiagonal: true })
      return {
        value: triangularSolve(upper, inner, { lower: false }),
        logDet: neg(mul(perChannel, sum(logDiagonal))),
      }
    },
  }
}

export const dynamicLinearCouplingKind: BijectorKind = {
  kind: 'dynamicLinearCoupling',
  build: (json, _parts, rebuilding) => {
    const { conditioner, ...options } = json as unknown as Omit<DynamicLinearCouplingOptions, 'conditioner'> & {
      readonly conditioner: Json
    }
    return dynamicLinearCoupling({
      ...options,
      conditioner: rebuilding.conditioner(conditioner),
    }) as unknown as Bijector
  },
}
