import { type Example, input, lanes, random, type Tensor } from '@diffeo/autodiff'
import { type Declared, mapDeclared } from '../parameters.ts'
import { type Arithmetic, compile } from './compiled.ts'

/** What is found for every draw, by name; an array for each, `[elements, count]`, or `[elements]` where all draws share it. */
export type Found<K extends string> = Readonly<Record<K, ArrayLike<number>>>

/** Runs with parameters, for as many draws as asked. */
export type Draws<K extends string> = (
  params: unknown,
  draws: { readonly seed: number; readonly count: number },
  arithmetic: Arithmetic,
) => Found<K>

/** One program that draws with a key of its own for each example, and finds something of every draw. */
export const compileDraws = <K extends string>(
  declared: Declared<unknown>,
  find: (params: unknown, key: Example) => Readonly<Record<K, Example>>,
): Draws<K> => {
  const signature = {
    params: mapDeclared(declared, ({ parameter: { shape } }) => input(shape)),
    seed: input([], 'int') as Tensor,
  }
  const found = find(signature.params, random.foldIn(random.foldIn(random.key(0), signature.seed), lanes.index()))
  const names = Object.keys(found) as unknown as readonly K[]
  const compiled = compile(
    names.map((name) => found[name]),
    signature,
  )
  return (params, { seed, count }, arithmetic) => {
    const inputs = { params, seed: { data: Int32Array.of(seed), shape: [] } }
    const arrays = compiled(inputs, arithmetic, { lanes: { count } })
    return Object.fromEntries(names.map((name, i) => [name, arrays[i]!.data])) as unknown as Found<K>
  }
}
