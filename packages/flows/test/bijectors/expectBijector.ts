import { add, type Example, evaluateAt, fromRows, type HostArray, jacobian } from '@diffeo/autodiff'
import { expect } from 'vitest'
import type { Bijector } from '../../src/bijector.ts'
import type { Domain } from '../../src/domain.ts'
import { logAbsDeterminant, matrixOf } from '../determinant.ts'
import { distance, largest, perLane } from '../draws.ts'
import type { Arrays } from '../parameters.ts'

/**
 * Both round trips, log-determinants that cancel, and log|det J| by elimination on the Jacobian, at rows of a vector
 * domain: within `allowed`, in units of the largest number that occurs.
 */
export const expectBijector = <P>(
  bijector: Bijector<Domain, Domain, P>,
  params: Arrays<P>,
  rows: readonly (readonly number[])[],
  allowed: number,
): void => {
  const lanes = rows.length
  const d = rows[0]!.length
  const x = fromRows(rows.flat(), lanes, bijector.domain.shape)
  const found = evaluateAt(
    (inputs) => {
      const at = inputs as unknown as { readonly params: P; readonly x: Example }
      const z = bijector.forward(at.params, at.x, {})
      const back = bijector.inverse(at.params, z.value, {})
      const data = bijector.inverse(at.params, at.x, {})
      const again = bijector.forward(at.params, data.value, {})
      return {
        z: z.value,
        data: data.value,
        back: back.value,
        again: again.value,
        logDet: z.logDet,
        sum: add(z.logDet, back.logDet),
        other: add(data.logDet, again.logDet),
        j: jacobian((p: Example) => bijector.forward(at.params, p, {}).value)(at.x),
      }
    },
    { params, x } as unknown as { readonly params: HostArray; readonly x: typeof x },
  ) as unknown as Readonly<Record<'z' | 'data' | 'back' | 'again' | 'logDet' | 'sum' | 'other' | 'j', HostArray>>
  const size = 1 + Math.max(largest(x.data), largest(found.z.data), largest(found.data.data))
  expect(distance(found.back.data, x.data)).toBeLessThan(allowed * size)
  expect(distance(found.again.data, x.data)).toBeLessThan(allowed * size)
  expect(largest(found.sum.data)).toBeLessThan(allowed)
  expect(largest(found.other.data)).toBeLessThan(allowed)
  const j = perLane(found.j, lanes)
  const logDet = perLane(found.logDet, lanes)
  for (let lane = 0; lane < lanes; lane++)
    expect(Math.abs(logDet[lane]! - logAbsDeterminant(matrixOf(j, d, lanes, lane)))).toBeLessThan(allowed)
}
