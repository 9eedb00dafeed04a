import { add, concat, type Example, gelu, matmul, relu, silu, type Tensor, tanh } from '@diffeo/autodiff'
import { normalised } from '../bijectors/residual/contraction.ts'
import type { Conditioner, Network } from '../conditioner.ts'
import type { ConditionerKind } from '../kinds.ts'
import { mistake, showShape } from '../mistake.ts'
import { type Parameter, parameter } from '../parameters.ts'

const activations = { relu, tanh, silu, gelu }
/** The steepest slope of each, rounded up. */
const STEEPEST = { relu: 1, tanh: 1, silu: 1.1, gelu: 1.13 }

/** Options of `mlp`. */
export interface MlpOptions {
  /** Between layers, none after the last; `relu` when left out. */
  readonly activation?: keyof typeof activations
  /** Length of the context vector that comes in beside the point; 0 when left out. */
  readonly context?: number
  /**
   * The most that the network may stretch, context included: weights are brought down where a bound of their spectral
   * norms, which is proved, says so. Without a limit when left out.
   */
  readonly lipschitz?: number
}

/** A dense layer's values: `weight` is `[out, in]`. */
interface Dense<T> {
  readonly weight: T
  readonly bias: T
}

/**
 * A multilayer perceptron with these hidden widths. Hidden weights start as in He et al. 2015 (Glorot & Bengio 2010
 * where the activation is tanh); the last layer starts at 0, so that what it conditions starts at its own start.
 * @throws when a width is not a positive whole number; when the context that comes is not the one declared
 * @example
 * coupling({ mask: alternating(8), transform: affineTransform(), conditioner: mlp([64, 64], { context: 3 }) })
 */
export const mlp = (hidden: readonly number[], options: MlpOptions = {}): Conditioner => {
  const { activation = 'relu', context = 0, lipschitz } = options
  for (const width of hidden)
    if (!(Number.isInteger(width) && width > 0))
      mistake(`mlp: a hidden width is a positive whole number, got ${width}.`)
  if (!(activation in activations))
    mistake(`mlp: the activation is one of ${Object.keys(activations).join(', ')}, got ${activation}.`)
  if (lipschitz !== undefined && !(lipschitz > 0 && lipschitz < Infinity))
    mistake(`mlp: lipschitz is a positive number, got ${lipschitz}.`)
  const limit = lipschitz && lipschitz / STEEPEST[activation] ** hidden.length
  return {
    spec: {
      kind: 'mlp',
      options: { hidden, activation, context, ...(lipschitz !== undefined && { lipschitz }) },
      parts: [],
    },
    network: (inputs, outputs) => networkOf([inputs + context, ...hidden, outputs], activation, context, limit),
  }
}

/** `limit`: of the product of the weights' spectral norms. */
const networkOf = (
  widths: readonly number[],
  activation: keyof typeof activations,
  context: number,
  limit: number | undefined,
): Network => {
  const last = widths.length - 2
  const parameters = widths.slice(1).map((out, i): Dense<Parameter> => {
    const shape = [out, widths[i]!]
    const start =
      i === last ? ({ kind: 'zeros' } as const) : ({ kind: activation === 'tanh' ? 'glorot' : 'he' } as const)
    return { weight: parameter(shape, start), bias: parameter(out, { kind: 'zeros' }) }
  })
  return {
    parameters: parameters as readonly { readonly weight: Parameter; readonly bias: Parameter }[],
    apply: (params, x, given) => {
      const layers = params as readonly Dense<Tensor>[]
      const weights = limit === undefined ? layers.map(({ weight }) => weight) : normalised(layers, limit)
      return layers.reduce<Example>(
        (at, { bias }, i) => {
          const sums = add(matmul(weights[i]!, at), bias)
          return i === last ? sums : activations[activation](sums)
        },
        withContext(x, given, context),
      )
    },
  }
}

const withContext = (x: Example, given: Example | undefined, length: number): Example => {
  if (length === 0) return x
  if (!given) return mistake(`mlp: expects a context of shape [${length}], but none was given.`)
  if (given.shape.length !== 1 || given.shape[0] !== length)
    mistake(`mlp: expects a context of shape [${length}], got ${showShape(given.shape)}.`)
  return concat([x, given])
}

export const mlpKind: ConditionerKind = {
  kind: 'mlp',
  build: (json) => {
    const { hidden, ...options } = json as unknown as MlpOptions & { readonly hidden: readonly number[] }
    return mlp(hidden, options)
  },
}
