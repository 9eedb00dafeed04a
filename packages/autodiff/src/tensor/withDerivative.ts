import { mistake, showShape } from '../error.ts'
import { sameShape } from '../shape.ts'
import { aliasOperation } from './alias.ts'
import { placeholder, zeros } from './constant.ts'
import { dependents, substituteNodes, topologicalOrder } from './graph.ts'
import { make, type Operation } from './operation.ts'
import { alike } from './residual.ts'
import { type Node, nodeOf, type Tensor } from './tensor.ts'
import { leavesOf, withLeaves } from './tensorTree.ts'

/** A linear map written out as a graph: `result` from `symbols`. Inputs: the value, what the tangents are of, `captured`. */
interface Stated {
  readonly symbols: readonly Node[]
  readonly result: Node
  readonly captured: readonly Node[]
}

export const statedOperation: Operation<Stated> = {
  name: 'withDerivative',
  infer: (_, [x]) => ({ shape: x!.shape, dtype: x!.dtype, varies: x!.varies }),
  reverse: (node, [g], _wanted, derive) => {
    if (!g) return node.inputs.map(() => null)
    const { symbols, result, captured } = node.attributes
    const symbol = like(g)
    const found = derive.reverse([result], [symbol], symbols)
    return [null, ...found.map((x) => x && atZero(node, x, [[symbol, g]])), ...captured.map(() => null)]
  },
  forward: (node, tangents, derive) => {
    const { symbols, result } = node.attributes
    const moved = symbols.map((_, i) => tangents[i + 1] ?? null)
    const own = moved.map((t) => t && like(t))
    const found = derive.forward([result], symbols, own)[0] ?? null
    const values = own.flatMap((s, i) => (s ? [[s, moved[i]!] as const] : []))
    return [found && atZero(node, found, values)]
  },
  kernel: (node) => aliasOperation.kernel(node as Node as Node<null>),
}

const like = ({ shape, varies }: Node): Node => placeholder({ shape, dtype: 'float', varies })

/** A linear map has one derivative everywhere: where its graph still reads the symbols themselves, they are 0. */
const atZero = (node: Node<Stated>, graph: Node, given: readonly (readonly [Node, Node])[]): Node => {
  const { symbols, captured } = node.attributes
  const values = node.inputs.slice(1 + symbols.length)
  const zero = symbols.map((s) => [s, alike(nodeOf(zeros(s.shape)), s.varies)] as const)
  return substituteNodes([graph], new Map([...captured.map((x, i) => [x, values[i]!] as const), ...zero, ...given]))[0]!
}

/**
 * A value whose derivative is stated: `value`, which is not differentiated itself, with the differential that `rule`
 * gives for those of `of`. Both modes follow from it, and derivatives of it are derived as usual.
 *
 * - `of`: the tensor or tree of tensors that the derivative is taken by. `rule`: from a tangent of each leaf the tangent
 *   of the value; linear in the tangents, free in everything else.
 * @throws when the rule's result has another shape than the value
 * @example
 * withDerivative(floor(x), x, (dx) => dx) // rounds, and passes derivatives straight through
 */
export const withDerivative = <P, A extends string = never>(
  value: Tensor<A>,
  of: P,
  rule: (tangents: P) => Tensor<A>,
): Tensor<A> => {
  const leaves = leavesOf(of)
  const symbols = leaves.map(like)
  const result = nodeOf(rule(withLeaves(of, symbols)))
  if (!sameShape(result.shape, value.shape) || result.dtype !== 'float' || value.dtype !== 'float')
    mistake(
      `withDerivative: the value is ${value.dtype} ${showShape(value.shape)}, its tangent ${result.dtype} ${showShape(result.shape)}.`,
    )
  const order = topologicalOrder([result])
  const own = dependents(order, new Set(symbols))
  const captured = [...new Set(order.filter((x) => own.has(x)).flatMap((x) => x.inputs))].filter((x) => !own.has(x))
  return make(statedOperation, { symbols, result, captured }, [nodeOf(value), ...leaves, ...captured])
}
