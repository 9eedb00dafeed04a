import { evaluate, type HostArray, random } from '@diffeo/autodiff'
import { initialValues } from '../initial.ts'
import { type Declared, flattenDeclared, leavesOf, mapDeclared } from '../parameters.ts'
import { noiseOf } from './noise.ts'

/** Initial values of a declaration, its trained leaves moved by normal noise of the given size; rounded to float32. */
export const drawParameters = (declared: Declared<unknown>, seed: number, spread: number): unknown => {
  const noise = noiseOf(seed, 1)
  const leaves = leavesOf(declared)
  if (leaves.length === 0) return mapDeclared(declared, () => null)
  const start = flattenDeclared<HostArray>(declared, evaluate(initialValues(declared, random.key(seed)) as never))
  return mapDeclared(declared, ({ parameter: { role } }, i): HostArray => {
    const { data, shape } = start[i]!
    return {
      data: Float64Array.from(data, (v) => Math.fround(role === 'trained' ? v + spread * noise.normal() : v)),
      shape,
    }
  })
}
