import type { Derive } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'
import { forwardThrough } from './forward.ts'
import { reverseThrough } from './reverse.ts'

/** Both modes as a loop's body needs them: a loop inside it is differentiated by them again. */
const derive: Derive = {
  reverse: (results, cotangents, inputs) => reverseThrough(derive, results, cotangents, inputs, false),
  forward: (results, inputs, tangents) => forwardThrough(derive, results, inputs, tangents),
}

/** Cotangents of `inputs` from those of `results`; a uniform value used in varying work gets the sum over the lanes. */
export const reverse = (
  results: readonly Node[],
  cotangents: readonly (Node | null)[],
  inputs: readonly Node[],
): readonly (Node | null)[] => reverseThrough(derive, results, cotangents, inputs, true)

/** Tangents of `results` from those of `inputs`. */
export const { forward } = derive
