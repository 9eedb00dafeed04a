import { constant } from '@diffeo/autodiff'
import { type Arrays, mapArrays } from '../train/arrays.ts'

/** Parameters as constants, which is what bounds are computed from. */
export const knownNumbers = (params: Arrays): unknown =>
  mapArrays(params, ({ data, shape }) =>
    constant(
      data instanceof Int32Array ? Array.from(data) : Float64Array.from(data),
      shape,
      data instanceof Int32Array ? 'int' : 'float',
    ),
  )
