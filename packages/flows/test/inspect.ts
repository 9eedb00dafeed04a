import { type Example, evaluateAt, fromRows, type HostArray, jacobian, reshape, sizeOf } from '@diffeo/autodiff'
import type { Bijector } from '../src/bijector.ts'
import { logAbsDeterminant, matrixOf } from './determinant.ts'
import { perLane } from './draws.ts'
import type { Arrays } from './parameters.ts'

/** What a bijector makes of points, rows by example. */
export interface Inspection {
  readonly z: Float64Array
  readonly logDet: Float64Array
  /** The inverse at z. */
  readonly back: Float64Array
  readonly backLogDet: Float64Array
  /** log|det J| by elimination on the Jacobian that autodiff gives. */
  readonly jacobianLogDet: Float64Array
}

/** A bijector at points of its domain (rows one after another), with all that the laws compare. */
export const inspect = <P>(
  bijector: Bijector<never, never, P>,
  params: Arrays<P>,
  rows: ArrayLike<number>,
  context?: HostArray,
): Inspection => {
  const b = bijector as unknown as Bijector
  const size = sizeOf(b.domain.shape)
  const lanes = rows.length / size
  const x = fromRows(rows, lanes, b.domain.shape)
  const found = evaluateAt(
    (inputs) => {
      const at = inputs as unknown as { readonly params: P; readonly x: Example; readonly context?: Example }
      const given = at.context ? { context: at.context } : {}
      const forward = b.forward(at.params, at.x, given)
      const back = b.inverse(at.params, forward.value, given)
      const flat = (v: Example): Example =>
        reshape(b.forward(at.params, reshape(v, b.domain.shape), given).value, [size])
      return {
        z: reshape(forward.value, [size]),
        logDet: forward.logDet,
        back: reshape(back.value, [size]),
        backLogDet: back.logDet,
        j: jacobian(flat)(reshape(at.x, [size])),
      }
    },
    { params, x, ...(context && { context }) } as unknown as { readonly x: HostArray },
  ) as unknown as Readonly<Record<'z' | 'logDet' | 'back' | 'backLogDet' | 'j', HostArray>>
  const j = perLane(found.j, lanes)
  return {
    z: rowsOf(found.z, size, lanes),
    logDet: perLane(found.logDet, lanes),
    back: rowsOf(found.back, size, lanes),
    backLogDet: perLane(found.backLogDet, lanes),
    jacobianLogDet: Float64Array.from({ length: lanes }, (_, lane) =>
      logAbsDeterminant(matrixOf(j, size, lanes, lane)),
    ),
  }
}

const rowsOf = (array: HostArray, size: number, lanes: number): Float64Array => {
  const data = perLane(array, lanes)
  return Float64Array.from(data, (_, i) => data[(i % size) * lanes + Math.floor(i / size)]!)
}

/** The largest difference, relative to 1 or the larger number; NaN and unequal infinities count as ∞. */
export const relativeError = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) return Infinity
  let most = 0
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i]! + 0, b[i]! + 0)) continue
    const error = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(a[i]!), Math.abs(b[i]!))
    most = Number.isNaN(error) ? Infinity : Math.max(most, error)
  }
  return most
}
