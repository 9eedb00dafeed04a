import { add, concat, type Example, gelu, matmul, mul, relu, silu, slice, type Tensor, tanh } from '@diffeo/autodiff'
import type { Spec } from '../bijector.ts'
import type { Initial } from '../initial.ts'
import { mistake, showShape } from '../mistake.ts'
import { type Parameter, parameter } from '../parameters.ts'
import type { MaskedConditioner, MaskedNetwork } from './masked.ts'
import {
  type Band,
  bandOf,
  bandsOf,
  hiddenDegrees,
  type MaskedLayer,
  maskOf,
  meanFanIn,
  withoutUnseen,
} from './masks.ts'

const activations = { relu, tanh, silu, gelu }
export type Activation = keyof typeof activations

/** Options of `maskedMlp`. */
export interface MaskedMlpOptions {
  readonly activation?: Activation
  /** Length of the context vector, 0 when there is none. */
  readonly context?: number
}

/**
 * A multilayer perceptron that is masked so that the numbers for a coordinate depend on those of lower rank and the
 * context alone.
 *
 * - Hidden units are sorted by degree, so the masks are block triangular: one pass leaves most of the zero part out, and
 *   growing the network rank by rank costs about one pass in all, since every unit is computed once.
 * - Hidden weights start as in He et al. 2015 (Glorot & Bengio 2010 where the activation is tanh), counting only what a
 *   row sees on average; the last layer starts at 0, so that what it conditions starts at its own start.
 * @throws when a width is not a positive whole number; when the context that comes is not the one declared
 *
 * @see Germain et al. 2015, MADE: Masked Autoencoder for Distribution Estimation
 * @example
 * autoregressive({ dim: 8, transform: rationalQuadraticSpline(), conditioner: maskedMlp([64, 64]) })
 */
export const maskedMlp = (hidden: readonly number[], options: MaskedMlpOptions = {}): MaskedConditioner => {
  const { activation = 'relu', context = 0 } = options
  for (const width of hidden)
    if (!(Number.isInteger(width) && width > 0))
      mistake(`maskedMlp: hidden layers have a whole number of units, at least 1, got ${width}.`)
  return {
    spec: { kind: 'maskedMlp', options: { hidden, activation, context }, parts: [] },
    masked: (ranks, perCoordinate) => {
      const top = ranks.at(-1) ?? 0
      // With nothing to see, hidden units would only make constants.
      const inner = top === 0 && context === 0 ? [] : hidden
      const inputs = [...Array.from({ length: context }, () => 0), ...ranks.map((rank) => rank + 1)]
      const outputs = ranks.flatMap((rank) => Array.from({ length: perCoordinate }, () => rank))
      const units = [inputs, ...inner.map((width) => hiddenDegrees(width, top, context > 0)), outputs]
      const layers = units.slice(1).map((rows, i) => withoutUnseen({ rows, columns: units[i]! }))
      return networkOf(layers, activation, context)
    },
  }
}

/** A masked perceptron with these layers; what `maskedMlp` makes once the sizes are known. */
export const networkOf = (layers: readonly MaskedLayer[], activation: Activation, context: number): MaskedNetwork => {
  const active = activations[activation]
  const last = layers.length - 1
  const after = (layer: number, x: Example): Example => (layer === last ? x : active(x))
  return {
    parameters: layers.map((layer, i) => declaredLayer(layer, i === last, activation)),
    apply: (params, x, given) =>
      layers.reduce(
        (at, layer, i) => after(i, wholeLayer(layer, weightsOf(params, i), at)),
        withContext(x, given, context),
      ),
    start: (given) => layers.map((_, i) => (i === 0 && context > 0 ? wantedContext(given, context) : undefined)),
    grow: (params, known, rank) => {
      const grown: (Example | undefined)[] = [...known]
      let output: Example | undefined
      layers.forEach((layer, i) => {
        const band = bandOf(layer, rank)
        if (band.stop === band.start) return
        const made = after(i, bandRows(weightsOf(params, i), band, grown[i]))
        if (i === last) output = made
        else grown[i + 1] = joined(grown[i + 1], made)
      })
      return { known: grown, output: output ?? mistake(`maskedMlp: no coordinate has rank ${rank}.`) }
    },
    learn: (known, x) => known.map((units, i) => (i === 0 ? joined(units, x) : units)),
  }
}

interface LayerWeights {
  /** Left out where no row sees any column. */
  readonly weight?: Tensor
  readonly bias: Tensor
}
const weightsOf = (params: unknown, layer: number): LayerWeights => (params as readonly LayerWeights[])[layer]!

const declaredLayer = (
  layer: MaskedLayer,
  isLast: boolean,
  activation: Activation,
): { readonly [k: string]: Parameter } => {
  const { rows, columns } = layer
  return {
    ...(columns.length > 0 && {
      weight: parameter([rows.length, columns.length], isLast ? { kind: 'zeros' } : startOf(layer, activation)),
    }),
    bias: parameter([rows.length], { kind: 'zeros' }),
  }
}

const startOf = (layer: MaskedLayer, activation: Activation): Initial => {
  const fanIn = meanFanIn(layer)
  return activation === 'tanh'
    ? { kind: 'glorot', fanIn, fanOut: (fanIn * layer.rows.length) / layer.columns.length }
    : { kind: 'he', fanIn }
}

/** Bands of one pass. More leave out more zeros, in more and thinner products. */
const BANDS = 4

const wholeLayer = (layer: MaskedLayer, { weight, bias }: LayerWeights, x: Example): Example => {
  if (weight === undefined) return bias
  const seen = bandsOf(layer, BANDS).map(({ start, stop, width }) =>
    width === 0
      ? slice(bias, 0, start, stop)
      : add(
          matmul(
            mul(slice(slice(weight, 0, start, stop), 1, 0, width), maskOf(layer, start, stop, width)),
            slice(x, 0, 0, width),
          ),
          slice(bias, 0, start, stop),
        ),
  )
  return concat<'example'>(seen)
}

/** Rows of one degree. They see all of the columns known so far, so no mask is needed. */
const bandRows = (
  { weight, bias }: LayerWeights,
  { start, stop, width }: Band,
  known: Example | undefined,
): Example => {
  const shift = slice(bias, 0, start, stop)
  if (weight === undefined || known === undefined || width === 0) return shift
  return add(matmul(slice(slice(weight, 0, start, stop), 1, 0, width), known), shift)
}

const joined = (before: Example | undefined, more: Example): Example => (before ? concat([before, more]) : more)

const withContext = (x: Example, given: Example | undefined, context: number): Example =>
  context > 0 ? concat([wantedContext(given, context), x]) : x

const wantedContext = (given: Example | undefined, context: number): Example =>
  given && given.shape.length === 1 && given.shape[0] === context
    ? given
    : mistake(
        `maskedMlp: expected a context of shape [${context}], got ${given ? showShape(given.shape) : 'none'}. Pass it as given.context.`,
      )

/** Rebuilt by `autoregressive`, which holds its spec. */
export const maskedMlpFrom = ({ kind, options }: Spec): MaskedConditioner => {
  if (kind !== 'maskedMlp') return mistake(`autoregressive: "${kind}" is no masked conditioner that is known.`)
  const { hidden, ...rest } = options as unknown as MaskedMlpOptions & { readonly hidden: readonly number[] }
  return maskedMlp(hidden, rest)
}
