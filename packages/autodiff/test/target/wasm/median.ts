import { make } from '../../../src/tensor/operation.ts'
import { type Example, nodeOf } from '../../../src/tensor/tensor.ts'

/** The middle one of an odd number of elements `[n]`: an operation that no target knows. */
export const median = (x: Example): Example =>
  make<null>(
    {
      name: 'median',
      infer: (_, [given]) => ({ shape: [], dtype: 'float', varies: given!.varies }),
      reverse: () => [null],
      forward: () => [null],
      kernel: ({ inputs: [given] }) => {
        const n = given!.shape[0]!
        return ([out], [values], lanes) => {
          for (let l = 0; l < lanes; l++) {
            const own = Float64Array.from({ length: n }, (_, e) => values![e * lanes + l]!).sort()
            out![l] = own[n >> 1]!
          }
        }
      },
    },
    null,
    [nodeOf(x)],
  )
