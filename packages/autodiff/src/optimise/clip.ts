import { mistake } from '../error.ts'
import { sum } from '../tensor/broadcast.ts'
import { constant } from '../tensor/constant.ts'
import { add, div, maximum, mul, sqrt, square } from '../tensor/elementwise.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { leavesOf, overOne, type Tensors } from './optimiser.ts'

/** √(Σ of all squares) over every leaf of a tree: `[]`. */
export const globalNorm = (tree: Tensors): Tensor =>
  sqrt(leavesOf(tree).reduce((total, leaf) => add(total, sum(square(leaf))), constant(0)))

/**
 * Scales gradients together so that their global norm is at most `largest`; shorter ones pass unchanged, to the bit.
 *
 * @throws when `largest` is not positive
 * @see Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks, algorithm 1
 */
export const clipByGlobalNorm = (largest: number) => {
  if (!(largest > 0)) mistake(`clipByGlobalNorm: the largest norm is positive, got ${largest}.`)
  return <P extends Tensors>(gradients: P): P => {
    // largest / max(norm, largest) is exactly 1 below the limit.
    const factor = div(largest, maximum(globalNorm(gradients), largest))
    return overOne((g) => mul(g, factor), gradients)
  }
}
