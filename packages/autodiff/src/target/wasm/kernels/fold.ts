import type { DType } from '../../../tensor/tensor.ts'
import { i32x4, shuffle32, v128 } from '../assembler/index.ts'
import type { Format } from '../format.ts'
import { maximum, minimum } from '../math/elementary.ts'
import type { Vector } from '../math/index.ts'

/** How two values become one, on numbers of a type, and the value that changes no other. */
export interface Fold {
  readonly none: Vector
  readonly of: (a: Vector, b: Vector) => Vector
}
export type FoldName = 'sum' | 'max' | 'min'

/** Integers wrap; of booleans the largest is whether any holds, the smallest whether all do, and the sum has no meaning. */
export const foldOf = (format: Format, name: FoldName, dtype: DType): Fold => {
  const { floats, integer } = format
  switch (dtype) {
    case 'float':
      switch (name) {
        case 'sum':
          return { none: floats.constant(0), of: floats.add }
        case 'max':
          return { none: floats.constant(-Infinity), of: (a, b) => maximum(floats, a, b) }
        case 'min':
          return { none: floats.constant(Infinity), of: (a, b) => minimum(floats, a, b) }
      }
      break
    case 'int':
      switch (name) {
        case 'sum':
          return { none: integer(0), of: i32x4.add }
        case 'max':
          return { none: integer(-(2 ** 31)), of: i32x4.maxS }
        case 'min':
          return { none: integer(2 ** 31 - 1), of: i32x4.minS }
      }
      break
    case 'bool':
      return name === 'min' ? { none: i32x4.const(-1), of: v128.and } : { none: i32x4.const(0), of: v128.or }
  }
}

/** Whether an operation's name is that of a fold. */
export const isFold = (name: string): name is FoldName => name === 'sum' || name === 'max' || name === 'min'

/** The fold of a vector's lanes, in each of them. */
export const acrossLanes = ({ width }: Format, { of }: Fold, v: Vector): Vector => {
  const halves = of(v, shuffle32(v, v, [2, 3, 0, 1]))
  return width === 2 ? halves : of(halves, shuffle32(halves, halves, [1, 0, 3, 2]))
}
