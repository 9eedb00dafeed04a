import { showShape } from './error.ts'
import { rowOf } from './tensor/elementwise.ts'
import { pickOperation, topologicalOrder } from './tensor/graph.ts'
import { loopOperation } from './tensor/loop.ts'
import type { LoopAttributes } from './tensor/loopBody.ts'
import { kindsOf } from './tensor/operation.ts'
import type { Kind, Node } from './tensor/tensor.ts'
import { namedLeaves } from './tensor/tensorTree.ts'

/**
 * The graph behind a tensor, or behind a tree of them, as text: a line for each node, inputs before users, then the
 * results. `example` marks what varies; a loop's body stands indented below it, with what each round starts from and
 * leaves behind.
 * @example
 * print(add(mul(example([2]), 3), 1))
 * // %0: float[2] example = input
 * // %1: float[] = constant 3
 * // %2: float[2] example = mul(%0, %1)
 * // %3: float[] = constant 1
 * // %4: float[2] example = add(%2, %3)
 * // result %4
 */
export const print = (x: unknown): string => {
  const results = namedLeaves(x)
  const names = numbering()
  const lines = linesOf(
    results.map(({ value }) => value),
    names,
    new Map(),
  )
  return [...lines, ...results.map(({ path, value }) => `result ${path ? `${path} = ` : ''}${names.of(value)}`)].join(
    '\n',
  )
}

/** Names of nodes; a loop's body knows some nodes by other names than those around it. */
interface Names {
  readonly of: (node: Node) => string
  readonly give: (node: Node) => string
  /** The same numbers going on, with names of their own for some nodes. */
  readonly within: (known: ReadonlyMap<Node, string>) => Names
}

const numbering = (counter = { next: 0 }, outer: ReadonlyMap<Node, string> = new Map()): Names => {
  const names = new Map(outer)
  const give = (node: Node): string => {
    const name = `%${counter.next++}`
    names.set(node, name)
    return name
  }
  return {
    of: (node) => names.get(node) ?? '%?',
    give,
    within: (known) => numbering(counter, new Map([...names, ...known])),
  }
}

/** A line for each node that the results need, and more for a loop; nodes in `known` have their names already. */
const linesOf = (results: readonly Node[], names: Names, known: ReadonlyMap<Node, string>): readonly string[] =>
  topologicalOrder(results, new Set(known.keys())).flatMap((node) => {
    if (known.has(node)) return []
    const inputs = node.inputs.map(names.of)
    const head = `${names.give(node)}: ${kindsOf(node).map(showKind).join(', ')} = ${showOperation(node, inputs)}`
    return node.operation === loopOperation
      ? [head, ...bodyLines(node as Node<LoopAttributes>, inputs, names).map((line) => `  ${line}`)]
      : [head]
  })

const showKind = ({ shape, dtype, varies }: Kind): string => `${dtype}${showShape(shape)}${varies ? ' example' : ''}`

const showOperation = (node: Node, inputs: readonly string[]): string => {
  if (node.operation === pickOperation) return `${inputs[0]}.${(node.attributes as { readonly index: number }).index}`
  const row = rowOf(node)
  const called = `${row ? row.name : node.operation.name}${inputs.length ? `(${inputs.join(', ')})` : ''}`
  const attributes = row ? '' : (node.operation.show?.(node.attributes) ?? '')
  return attributes ? `${called} ${attributes}` : called
}

const bodyLines = (node: Node<LoopAttributes>, inputs: readonly string[], outside: Names): readonly string[] => {
  const { index, carries, slices, nextCarries, outputs, stop, captured } = node.attributes
  const [c, s] = [carries.length, slices.length]
  const known = new Map(captured.map((x, i) => [x, inputs[c + s + i]!] as const))
  const names = outside.within(known)
  const placeholder = (role: string, x: Node, from = ''): string => {
    const name = names.give(x)
    known.set(x, name)
    return `${role} ${name}: ${showKind(x)}${from}`
  }
  const results = [...nextCarries, ...outputs, ...(stop ? [stop] : [])]
  return [
    placeholder('index', index),
    ...carries.map((x, i) => placeholder('carry', x, ` from ${inputs[i]}`)),
    ...slices.map((x, i) => placeholder('slice', x, ` of ${inputs[c + i]}`)),
    ...linesOf(results, names, known),
    ...nextCarries.map((x, i) => `next ${names.of(carries[i]!)} = ${names.of(x)}`),
    ...outputs.map((x) => `output ${names.of(x)}`),
    ...(stop ? [`stop when ${names.of(stop)}`] : []),
  ]
}
