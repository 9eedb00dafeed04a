import { type Example, evaluate, example, type HostArray, open, random, sameShape, type Tree } from '@diffeo/autodiff'
import type { Flow, FlowParams } from '../flow.ts'
import { initialValues } from '../initial.ts'
import { mistake, showShape } from '../mistake.ts'
import { flattenDeclared, joinPartition, leavesOf, type Partition, partition } from '../parameters.ts'
import { type Arrays, placeholders, type Residents, read, release } from './arrays.ts'
import { gatherer, permutation } from './batches.ts'
import type { Dataset } from './dataset.ts'

/** Layers that start from data see at most this many rows. */
const ADAPT_ROWS = 16384
/** Enough to see whether a state moves. */
const PROBE_ROWS = 64

/** Fresh parameters of a seed, as arrays. */
export const freshParameters = (flow: Flow, seed: number): Arrays =>
  // The tree of any flow's parameters, which its erased type does not know.
  evaluate(
    initialValues(flow.parameters, random.foldIn(random.key(seed), 0)) as unknown as Example,
  ) as unknown as Arrays

/** Where a training starts, and whether its layers keep a state that moves with every batch. */
export interface Start {
  readonly values: Partition<HostArray>
  readonly adapts: boolean
}

/**
 * The parameters given, or fresh ones, adapted to the data; or those of a training that goes on, as they are.
 * @throws when given parameters do not have the declared shapes
 */
export const startingValues = async (
  flow: Flow,
  data: Dataset,
  seed: number,
  initial: Arrays | undefined,
  resumed: Partition<HostArray> | undefined,
): Promise<Start> => {
  const declared = flow.parameters
  if (initial) wantsDeclared(flow, initial)
  const first = resumed
    ? (joinPartition(declared, resumed) as unknown as Arrays)
    : (initial ?? freshParameters(flow, seed))
  if (!flow.adapt) return { values: partition(declared, first), adapts: false }
  const order = permutation(data.rows, seed, 'adapt', 0)
  // In float64 whatever the training computes in: moments of a column far from 0 need its digits.
  const engine = await open('reference')
  const program = await engine.compile(
    (at: Tree<Example>) => {
      const { params, batch } = at as unknown as { readonly params: FlowParams; readonly batch: Example }
      return flow.adapt!(params, batch) as unknown as Tree<Example>
    },
    { params: placeholders(first), batch: example(flow.domain.shape) } as Tree<Example>,
    { name: 'adapt' },
  )
  const gather = gatherer(data, flow.domain.shape)
  const adapted = async (params: Arrays, places: Uint32Array): Promise<Arrays> => {
    const out = (await program.run({ params, batch: gather(places) })) as Residents
    const values = await read(engine, out)
    release(engine, out)
    return values
  }
  const values = resumed ? first : await adapted(first, order.subarray(0, ADAPT_ROWS))
  // Most layers adapt once. To ask again at every step would cost them a second forward pass each, so see who moves.
  const again = await adapted(values, order.subarray(-PROBE_ROWS))
  engine.dispose()
  return { values: partition(declared, values), adapts: !sameState(flow, values, again) }
}

const wantsDeclared = ({ parameters }: Flow, initial: Arrays): void => {
  const given = flattenDeclared<HostArray>(parameters, initial)
  leavesOf(parameters).forEach(({ path, parameter: { shape } }, i) => {
    if (!sameShape(shape, given[i]!.shape))
      mistake(
        `fit: the initial ${path} has shape ${showShape(given[i]!.shape)}, the flow declares ${showShape(shape)}.`,
      )
  })
}

const sameState = ({ parameters }: Flow, a: Arrays, b: Arrays): boolean => {
  const [before, after] = [a, b].map((tree) => partition<HostArray>(parameters, tree).state)
  return Object.entries(before!).every(([path, { data }]) => data.every((x, i) => Object.is(x, after![path]!.data[i])))
}
