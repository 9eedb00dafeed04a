import { mistake, showShape } from '../error.ts'
import { broadcastShapes, sameShape } from '../shape.ts'
import { placeholder } from './constant.ts'
import { dependents, substituteNodes, topologicalOrder } from './graph.ts'
import { isJoin, lanes } from './lanes.ts'
import { type Kind, type Node, nodeOf } from './tensor.ts'

/**
 * A function of one value written out as a graph: the equation that a solution solves. What it needs from outside is
 * `captured`, by the names that the graph knows it by; a node that carries this has the values of both as its inputs.
 */
export interface Residual {
  readonly at: Node
  readonly result: Node
  readonly captured: readonly Node[]
}

/** `f` at a value of some kind; it varies if what `f` reads varies, and where `broadcasts` is set it has the shape too. */
export const residualOf = (
  f: (x: Node) => Node,
  kind: Pick<Kind, 'shape' | 'varies'>,
  operation: string,
  broadcasts = false,
): Residual => {
  const at = placeholder({ shape: kind.shape, dtype: 'float', varies: kind.varies })
  const result = f(at)
  const shape = broadcasts ? broadcastShapes([kind.shape, result.shape], operation) : kind.shape
  const varies = kind.varies || result.varies
  if (!sameShape(shape, kind.shape) || varies !== kind.varies)
    return residualOf(f, { shape, varies }, operation, broadcasts)
  if (!sameShape(result.shape, kind.shape) || result.dtype !== 'float')
    mistake(
      `${operation}: the function takes float ${showShape(kind.shape)} and gives ${result.dtype} ${showShape(result.shape)}.`,
    )
  const order = topologicalOrder([result])
  const own = dependents(order, new Set<Node>([at]))
  const inner = order.filter((x) => own.has(x))
  if (inner.some(isJoin)) mistake(`${operation}: examples cannot meet inside the function; use lanes.* outside.`)
  const captured = new Set([...inner.flatMap((x) => x.inputs), result].filter((x) => !own.has(x)))
  return { at, result, captured: [...captured] }
}

/** Graphs over the residual's own names as graphs over values: the solution, what was captured, and anything else given. */
export const instantiated = (
  graphs: readonly Node[],
  { at, captured }: Residual,
  solution: Node,
  values: readonly Node[],
  others: ReadonlyMap<Node, Node> = new Map(),
): readonly Node[] =>
  substituteNodes(graphs, new Map([...captured.map((x, i) => [x, values[i]!] as const), [at, solution], ...others]))

/** A value as varying as the residual's. */
export const alike = (x: Node, varies: boolean): Node => (varies && !x.varies ? nodeOf(lanes.spread(x)) : x)
