import { add, div, type Example, matmul, maximum, mul, silu, softplus, type Tensor, tanh } from '@diffeo/autodiff'
import { type Parameter, parameter } from '../../parameters.ts'
import { spectralNormBound } from './spectralNormBound.ts'

/** Smooth functions whose slopes are at most 1 in size. `lipSwish` is silu/1.1 (Chen et al. 2019, section 3.3). */
export const contractions = {
  tanh,
  softplus,
  lipSwish: (x: Example): Example => div(silu(x), 1.1),
}

/** A dense layer's values: `weight` is `[out, in]`, before it is normalised. */
export type DenseValues<T = Tensor> = { readonly weight: T; readonly bias: T }

/** Layers of a network from `[dim]` to `[dim]`, the last of which starts at 0. */
export const contractionParameters = (
  dim: number,
  hidden: readonly number[],
): readonly { readonly weight: Parameter; readonly bias: Parameter }[] => {
  const widths = [dim, ...hidden, dim]
  return widths.slice(1).map((out, i) => ({
    weight: parameter([out, widths[i]!], i === widths.length - 2 ? { kind: 'zeros' } : { kind: 'glorot' }),
    bias: parameter([out], { kind: 'zeros' }),
  }))
}

/** The weights that the network multiplies with: scaled down where their bound is above an even share of `bound`. */
export const normalised = (layers: readonly DenseValues[], bound: number): readonly Tensor[] => {
  const share = bound ** (1 / layers.length)
  return layers.map(({ weight }) => mul(weight, div(share, maximum(share, spectralNormBound(weight)))))
}

/** A network whose Lipschitz constant is at most `bound`: the product of its weights' spectral norms. */
export const contraction = (
  layers: readonly DenseValues[],
  x: Example,
  bound: number,
  activation: keyof typeof contractions,
): Example =>
  normalised(layers, bound).reduce<Example>((at, weight, i) => {
    const sums = add(matmul(weight, at), layers[i]!.bias)
    return i === layers.length - 1 ? sums : contractions[activation](sums)
  }, x)
