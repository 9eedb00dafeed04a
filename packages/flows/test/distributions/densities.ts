import { type Example, evaluateAt, fromRows, type HostArray, type Tree } from '@diffeo/autodiff'
import type { Distribution } from '../../src/distribution.ts'
import { mapDeclared } from '../../src/parameters.ts'
import type { Arrays } from '../../src/train/arrays.ts'

/** Parameters of the declared shapes from numbers by path. */
export const paramsOf = (d: Distribution, values: Readonly<Record<string, readonly number[]>> = {}): Arrays =>
  mapDeclared(d.parameters, ({ path, parameter: { shape } }) => {
    const numbers = values[path]
    if (!numbers) throw new Error(`no numbers for ${path}`)
    return { data: Float64Array.from(numbers), shape }
  }) as Arrays

type Run = (f: (inputs: never) => Tree<Example>, inputs: Tree<HostArray>, options?: object) => HostArray
const run = evaluateAt as unknown as Run

/** Log-densities of rows, `[rows]`. */
export const logProbs = (d: Distribution, params: Arrays, rows: ArrayLike<number>): Float64Array => {
  const size = d.domain.shape.reduce((a, b) => a * b, 1)
  const x = fromRows(rows, rows.length / size, d.domain.shape)
  const f = ({ params: p, x: at }: { params: unknown; x: Example }) => d.logProb(p, at, {})
  const { data, lanes: own } = run(f as never, { params, x } as never)
  return own === undefined ? new Float64Array(rows.length / size).fill(data[0]!) : Float64Array.from(data)
}
