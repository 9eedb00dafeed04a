import { dependents, topologicalOrder } from './graph.ts'
import type { Node } from './tensor.ts'

/**
 * A loop over an event axis, the one behind `map`, `scan`, `loop` and `until`.
 *
 * The body is a graph over placeholders: the index, the carries and one slice of each stacked input. What it needs from
 * outside is `captured`, and is computed once, before the loop. Results: the last carries, then the stacked outputs,
 * then the stacked carries at the start of each round, which reverse mode recomputes the body from; a result that
 * nobody picks is not kept.
 */
export interface LoopAttributes extends LoopBody {
  readonly count: number
  /** Rounds run from the last index to the first. */
  readonly backwards: boolean
  /** Nodes from outside, by the names that the body knows them by; their values are inputs. */
  readonly captured: readonly Node[]
}

export interface LoopBody {
  readonly index: Node
  readonly carries: readonly Node[]
  readonly slices: readonly Node[]
  readonly nextCarries: readonly Node[]
  readonly outputs: readonly Node[]
  /** When it holds for every lane, all further rounds leave the carries as they are and may be left out. */
  readonly stop: Node | null
}

export const bodyResults = (body: LoopBody): readonly Node[] => [
  ...body.nextCarries,
  ...body.outputs,
  ...(body.stop ? [body.stop] : []),
]

export const placeholdersOf = (body: LoopBody): readonly Node[] => [body.index, ...body.carries, ...body.slices]

/** The body's own nodes in order, and the nodes from outside that they read. */
export const bodyNodes = (body: LoopBody): { readonly inner: readonly Node[]; readonly captured: readonly Node[] } => {
  const order = topologicalOrder(bodyResults(body))
  const own = dependents(order, new Set(placeholdersOf(body)))
  const placeholders = new Set(placeholdersOf(body))
  const inner = order.filter((x) => own.has(x) && !placeholders.has(x))
  const captured = new Set([...inner.flatMap((x) => x.inputs), ...bodyResults(body)].filter((x) => !own.has(x)))
  return { inner, captured: [...captured] }
}
