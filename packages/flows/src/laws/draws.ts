import { type Example, input, lanes, openReference, type Rounding, random, type Tensor } from '@diffeo/autodiff'
import { type Declared, mapDeclared } from '../parameters.ts'

/** What is found for every draw, by name; an array for each, `[elements, count]`, or `[elements]` where all draws share it. */
export type Found<K extends string> = Readonly<Record<K, ArrayLike<number>>>

/** Runs with parameters, for as many draws as asked. */
export type Draws<K extends string> = (params: unknown, seed: number, count: number, rounding?: Rounding) => Found<K>

/** One program that draws with a key of its own for each example, and finds something of every draw. */
export const compileDraws = <K extends string>(
  declared: Declared<unknown>,
  find: (params: unknown, key: Example) => Readonly<Record<K, Example>>,
): Draws<K> => {
  const engine = openReference()
  const program = engine.compileSync(
    ({ params, seed }: { readonly params: never; readonly seed: Tensor }) =>
      find(params, random.foldIn(random.foldIn(random.key(0), seed), lanes.index())),
    {
      params: mapDeclared(declared, ({ parameter: { shape } }) => input(shape)) as never,
      seed: input([], 'int'),
    },
  )
  return (params, seed, count, rounding) => {
    const results = program.runSync({ params, seed: { data: Int32Array.of(seed), shape: [] } } as never, {
      lanes: { count },
      ...(rounding && { rounding }),
    })
    return Object.fromEntries(
      Object.entries(results).map(([name, x]) => [name, engine.readSync(x as never).data]),
    ) as unknown as Found<K>
  }
}
