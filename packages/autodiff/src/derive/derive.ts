import type { Derive } from '../tensor/operation.ts'
import { forward } from './forward.ts'
import { reverse } from './reverse.ts'

/** Both modes as a loop's body needs them. */
export const derive: Derive = {
  reverse: (results, cotangents, inputs) => reverse(results, cotangents, inputs, false),
  forward: (results, inputs, tangents) => forward(results, inputs, tangents),
}
