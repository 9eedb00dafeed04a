import { sizeOf } from '../../../shape.ts'
import { type Join, joinOperation, type joins } from '../../../tensor/lanes.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { DType, Node } from '../../../tensor/tensor.ts'
import type { Body, Local } from '../assembler/code.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { floatPrimitives, type Vector } from '../math/index.ts'
import { VECTOR } from '../words.ts'
import { type Fold, type FoldName, foldOf } from './fold.ts'

/**
 * How a join gathers the values of the lanes: a state of some numbers for each element, made of one tile's lanes, joined
 * with another, and finished. Counts are those of the lanes in a state, as floats.
 */
export interface StateCode {
  readonly numbers: number
  /** The state of a row of lanes; `over` makes one number of what the lanes are mapped to. */
  readonly ofTile: (over: Over, count: Vector) => Tile
  readonly join: (a: State, b: State) => readonly Vector[]
  readonly finish: (state: State) => Vector
}
export interface State {
  readonly numbers: readonly Vector[]
  readonly count: Vector
}
export interface Tile {
  readonly body: Body
  readonly numbers: readonly Local<'v128'>[]
}
/** Sets a variable, in all of its lanes, to the fold of what the lanes of a row are mapped to. */
export type Over = (into: Local<'v128'>, fold: Fold, of: (x: Vector) => Vector) => Body

/** Bytes of one number for each element, in whole vectors. */
export const rowBytes = (node: Node, { word }: Format): number =>
  Math.ceil((sizeOf(node.shape) * word) / VECTOR) * VECTOR

/** Undefined where a join adds up one number for each element, and for what is no join of one value. */
export const stateCode = (node: Node): ((format: Format) => StateCode) | undefined => {
  if (node.operation !== (joinOperation as Operation)) return undefined
  const name = (node.attributes as { readonly join: Join }).join.name as keyof typeof joins
  const { dtype } = node
  switch (name) {
    case 'sum':
      return dtype === 'float' ? undefined : folded('sum', dtype)
    case 'mean':
      return undefined
    case 'min':
    case 'max':
      return folded(name, dtype)
    case 'any':
      return folded('max', dtype)
    case 'variance':
      return variance
    case 'logSumExp':
      return logSumExp
  }
}

const folded =
  (name: FoldName, dtype: DType) =>
  (format: Format): StateCode => {
    const fold = foldOf(format, name, dtype)
    return {
      numbers: 1,
      ofTile: (over) => {
        const total = local('v128', 'total')
        return { body: over(total, fold, (x) => x), numbers: [total] }
      },
      join: ({ numbers: [a] }, { numbers: [b] }) => [fold.of(a!, b!)],
      finish: ({ numbers: [a] }) => a!,
    }
  }

/** Mean and sum of squared deviations (joined by Chan, Golub & LeVeque 1983, eq. 2.1). */
const variance = (format: Format): StateCode => {
  const { add, sub, mul, div, madd } = format.floats
  const sum = foldOf(format, 'sum', 'float')
  return {
    numbers: 2,
    ofTile: (over, count) => {
      const [mean, squares] = [local('v128', 'mean'), local('v128', 'squares')]
      const body = [
        over(mean, sum, (x) => x),
        set(mean, div(mean, count)),
        over(squares, sum, (x) => mul(sub(x, mean), sub(x, mean))),
      ]
      return { body, numbers: [mean, squares] }
    },
    join: ({ numbers: [mean, squares], count: n }, { numbers: [otherMean, otherSquares], count: m }) => {
      const off = sub(otherMean!, mean!)
      const share = div(m, add(n, m))
      return [madd(off, share, mean!), add(add(squares!, otherSquares!), mul(mul(off, off), mul(n, share)))]
    },
    finish: ({ numbers: [, squares], count }) => div(squares!, count),
  }
}

/** The largest, and Σ e^(x - largest). */
const logSumExp = (format: Format): StateCode => {
  const { add, sub, mul, eq, select, madd } = format.floats
  const { exp, log } = floatPrimitives(format.floats)
  const highest = foldOf(format, 'max', 'float')
  /** 1 for what equals the largest, where a difference of infinities would be NaN. */
  const weight = (x: Vector, largest: Vector): Vector => select(eq(x, largest), 1, exp(sub(x, largest)))
  return {
    numbers: 2,
    ofTile: (over) => {
      const [largest, total] = [local('v128', 'largest'), local('v128', 'total')]
      const body = [
        over(largest, highest, (x) => x),
        // -∞ adds nothing.
        over(total, foldOf(format, 'sum', 'float'), (x) => select(eq(x, -Infinity), 0, weight(x, largest))),
      ]
      return { body, numbers: [largest, total] }
    },
    join: ({ numbers: [a, as] }, { numbers: [b, bs] }) => {
      const largest = highest.of(a!, b!)
      return [largest, madd(bs!, weight(b!, largest), mul(as!, weight(a!, largest)))]
    },
    finish: ({ numbers: [largest, total] }) => add(largest!, log(total!)),
  }
}
