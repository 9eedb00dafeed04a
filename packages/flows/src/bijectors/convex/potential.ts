import {
  add,
  type Example,
  expandDims,
  matmul,
  mul,
  softplus,
  sqrt,
  sum,
  type Tensor,
  transpose,
} from '@diffeo/autodiff'
import { type Parameter, parameter } from '../../parameters.ts'
import { spectralNormBound } from '../residual/spectralNormBound.ts'

/** A layer's values: h = softplus(weight x + bias + softplus(gate) h₀), where h₀ is the layer before; the first has no gate. */
export type ConvexLayer<T = Tensor> = {
  /** `[h, d]` */
  readonly weight: T
  /** `[h]` */
  readonly bias: T
  /** `[h, h₀]` */
  readonly gate?: T
}
/** A type, not an interface, so that it is a tree of tensors. */
export type ConvexNetwork<T = Tensor> = {
  readonly layers: readonly ConvexLayer<T>[]
  /** `[h]`: how much each unit of the last layer weighs, before softplus. */
  readonly out: T
}

/** The number that softplus makes `y` of. */
export const softplusInverse = (y: number): number => Math.log(Math.expm1(y))
/** What all units of the last layer weigh together at the start: little, so that the gradient starts near 0. */
const START = 0.05

export const convexParameters = (dim: number, hidden: readonly number[]): ConvexNetwork<Parameter> => ({
  layers: hidden.map((width, i) => {
    const before = hidden[i - 1]
    return {
      weight: parameter([width, dim], { kind: 'glorot' }),
      bias: parameter([width], { kind: 'zeros' }),
      ...(before !== undefined && {
        gate: parameter([width, before], { kind: 'constant', value: softplusInverse(1 / before) }),
      }),
    }
  }),
  out: parameter([hidden.at(-1)!], { kind: 'constant', value: softplusInverse(START / hidden.at(-1)!) }),
})

/** ψ(x), `[]`: convex, since every layer is an increasing convex function of sums that are convex in x. */
export const convexNetwork = ({ layers, out }: ConvexNetwork, x: Example): Example => {
  const [first, ...rest] = layers as readonly [ConvexLayer, ...ConvexLayer[]]
  const units = rest.reduce<Example>(
    (h, { weight, bias, gate }) => softplus(add(add(matmul(weight, x), bias), matmul(softplus(gate!), h))),
    softplus(add(matmul(first.weight, x), first.bias)),
  )
  return sum(mul(softplus(out), units))
}

/** softplus″ is nowhere above this. */
const CURVATURE = 0.25

/**
 * A number, `[]`, that no second directional derivative of ψ exceeds. With a the sum that enters a unit and s the unit's
 * weight in ψ, the Hessian is Σ s softplus″(a) ∇a ∇aᵀ over all units. What bounds s and |∇a| comes from slopes of softplus
 * below 1; for the first layer ∇a is known, and its part is bounded as a matrix.
 */
export const largestCurvature = ({ layers, out }: ConvexNetwork): Tensor => {
  const gates = layers.map(({ gate }) => gate && softplus(gate))
  // From the last layer to the first: the most that a unit weighs in ψ.
  const shares = [softplus(out)]
  for (let l = layers.length - 1; l > 0; l--) shares.unshift(matmul(transpose(gates[l]!), shares[0]!))
  const first = spectralNormBound(mul(expandDims(sqrt(shares[0]!), 1), layers[0]!.weight))
  let total = mul(first, first)
  // From the first to the last: how long the gradient of a unit's sum may be.
  let lengths = lengthsOf(layers[0]!.weight)
  layers.slice(1).forEach(({ weight }, i) => {
    lengths = add(lengthsOf(weight), matmul(gates[i + 1]!, lengths))
    total = add(total, sum(mul(shares[i + 1]!, mul(lengths, lengths))))
  })
  return mul(CURVATURE, total)
}

/** Of each row. */
const lengthsOf = (weight: Tensor): Tensor => sqrt(sum(mul(weight, weight), 1))
