import {
  type Engine,
  type Example,
  evaluate,
  example,
  type HostArray,
  input,
  random,
  sameShape,
  type Tree,
} from '@diffeo/autodiff'
import type { Flow, FlowParams } from '../flow.ts'
import { initialValues } from '../initial.ts'
import { mistake, showShape } from '../mistake.ts'
import { flattenDeclared, leavesOf, mapDeclared, type Partition, partition } from '../parameters.ts'
import { type Arrays, type Residents, read } from './arrays.ts'
import { gatherer, permutation } from './batches.ts'
import type { Dataset } from './dataset.ts'

/** Layers that start from data see at most this many rows. */
const ADAPT_ROWS = 16384

/** Fresh parameters of a seed, as arrays. */
export const freshParameters = (flow: Flow, seed: number): Arrays =>
  // The tree of any flow's parameters, which its erased type does not know.
  evaluate(
    initialValues(flow.parameters, random.foldIn(random.key(seed), 0)) as unknown as Example,
  ) as unknown as Arrays

/**
 * Where a training starts: the parameters given, or fresh ones adapted to the data.
 * @throws when given parameters do not have the declared shapes
 */
export const startingValues = async (
  engine: Engine,
  flow: Flow,
  data: Dataset,
  seed: number,
  initial: Arrays | undefined,
): Promise<Partition<HostArray>> => {
  const declared = flow.parameters
  if (initial) {
    const given = flattenDeclared<HostArray>(declared, initial)
    leavesOf(declared).forEach(({ path, parameter: { shape } }, i) => {
      if (!sameShape(shape, given[i]!.shape))
        mistake(
          `fit: the initial ${path} has shape ${showShape(given[i]!.shape)}, the flow declares ${showShape(shape)}.`,
        )
    })
    return partition(declared, initial)
  }
  const fresh = freshParameters(flow, seed)
  if (!flow.adapt) return partition(declared, fresh)
  const places = permutation(data.rows, seed, 'adapt', 0).subarray(0, ADAPT_ROWS)
  const program = await engine.compile(
    (at: Tree<never>) => {
      const { params, batch } = at as unknown as { readonly params: FlowParams; readonly batch: never }
      return flow.adapt!(params, batch) as unknown as Tree<never>
    },
    {
      params: mapDeclared(declared, ({ parameter: { shape } }) => input(shape)),
      batch: example(flow.domain.shape),
    } as unknown as Tree<never>,
    { name: 'adapt' },
  )
  const adapted = await program.run({ params: fresh, batch: gatherer(data, flow.domain.shape)(places) })
  program.dispose()
  return partition(declared, await read(engine, adapted as Residents))
}
