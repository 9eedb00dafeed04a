import type { Row } from '../scalar/expression.ts'
import { sameShape } from '../shape.ts'
import { aliasOperation, stopOperation } from '../tensor/alias.ts'
import { constantOperation, filled, placeholder } from '../tensor/constant.ts'
import { applyRow, rowOf } from '../tensor/elementwise.ts'
import { dependents, rebuilt, topologicalOrder } from '../tensor/graph.ts'
import { fixedPointOperation, rootOperation } from '../tensor/implicit.ts'
import { spreadOperation } from '../tensor/lanes.ts'
import { loopOperation } from '../tensor/loop.ts'
import { bodyResults, type LoopAttributes, placeholdersOf } from '../tensor/loopBody.ts'
import { make, type Operation } from '../tensor/operation.ts'
import { type Kind, type Node, nodeOf } from '../tensor/tensor.ts'
import { statedOperation } from '../tensor/withDerivative.ts'
import { type Bounds, boundsOf } from './bounds.ts'
import { fold } from './fold.ts'
import { type Intern, interning } from './intern.ts'
import { type Bindings, filledWith, instantiate, match } from './match.ts'
import { joinMoves } from './moves.ts'
import { sumInsideProduct } from './overLanes.ts'
import type { Rule } from './rule.ts'
import { exactRules, finiteRules, integerRules } from './rules.ts'

/**
 * The same results from fewer and simpler nodes: no names left over from differentiation, one node for equal values,
 * constants computed, rules applied, sums over examples inside products. Every result keeps its shape, type and axes.
 * One pass from inputs to results, loop bodies included.
 */
export const simplify = (results: readonly Node[]): readonly Node[] => {
  const pass: Pass = { intern: interning(), simplest: new Map(), bounds: new Map(), placeholders: new Map() }
  return simplified(pass, results, new Map(), 0)
}

interface Pass {
  readonly intern: Intern
  /** What each node seen so far is written as in the end. */
  readonly simplest: Map<Node, Node>
  readonly bounds: Map<Node, Bounds>
  /** One placeholder for each place in a loop's body, so that equal bodies are equal nodes. */
  readonly placeholders: Map<string, Node>
}

type Rewrite = (node: Node, pass: Pass) => Node | null

/** Operations that are their first input as far as values go. */
const names: ReadonlySet<Operation> = new Set<Operation>([
  aliasOperation,
  stopOperation,
  rootOperation,
  fixedPointOperation,
  statedOperation,
] as readonly Operation[])

/** What a node with simple inputs may be written as; tried in this order, again on what comes out. */
const rewrites: readonly Rewrite[] = [
  // Names and barriers mean something to differentiation only, which is over.
  (node) => (names.has(node.operation) ? node.inputs[0]! : null),
  // Before the rules, which then see what is constant.
  (node) => fold(node),
  // Element-wise, a uniform value is repeated over the lanes anyway.
  (node, pass) => uniformOperands(node, pass),
  // One number is printed into a kernel; an array is read by it.
  (node, pass) => scalarConstants(node, pass),
  (node, pass) => byRules(node, pass),
  (node) => joinMoves(node),
  (node) => sumInsideProduct(node),
]

/** Results over inputs whose images are given. `depth` counts the loops around. */
const simplified = (
  pass: Pass,
  results: readonly Node[],
  given: ReadonlyMap<Node, Node>,
  depth: number,
): readonly Node[] => {
  const image = new Map(given)
  for (const node of topologicalOrder(results, new Set(given.keys()))) {
    if (image.has(node)) continue
    const inputs = node.inputs.map((x) => image.get(x)!)
    const same = inputs.every((x, i) => x === node.inputs[i])
    image.set(
      node,
      finish(
        pass,
        node.operation === loopOperation ? loopWith(pass, node, inputs, depth) : same ? node : rebuilt(node, inputs),
      ),
    )
  }
  return results.map((r) => image.get(r)!)
}

/** A node over simple inputs in its simplest form. What it is rewritten as has fewer nodes or cheaper ones, so this ends. */
const finish = (pass: Pass, made: Node): Node => {
  const before: Node[] = []
  let node = pass.intern(made)
  while (!pass.simplest.has(node)) {
    before.push(node)
    const next = rewritten(node, pass)
    if (!next) {
      const inputs = node.inputs.map((x) => pass.bounds.get(x) ?? null)
      pass.bounds.set(node, boundsOf(node, inputs))
      pass.simplest.set(node, node)
      break
    }
    // What a rewrite puts between the node and its inputs is new too.
    const inputs = next.inputs.map((x) => finish(pass, x))
    node = pass.intern(inputs.every((x, i) => x === next.inputs[i]) ? next : rebuilt(next, inputs))
  }
  const simplest = pass.simplest.get(node)!
  for (const x of before) pass.simplest.set(x, simplest)
  return simplest
}

const rewritten = (node: Node, pass: Pass): Node | null => {
  for (const rewrite of rewrites) {
    const next = rewrite(node, pass)
    if (next) return next
  }
  return null
}

// ---- rules

interface Guarded extends Rule {
  readonly holds: (node: Node, bound: Bindings, pass: Pass) => boolean
}

const guarded: readonly Guarded[] = [
  ...exactRules.map((r) => ({ ...r, holds: () => true })),
  ...integerRules.map((r) => ({ ...r, holds: (node: Node) => node.dtype === 'int' })),
  ...finiteRules.map((r) => ({
    ...r,
    holds: (node: Node, bound: Bindings, pass: Pass) =>
      node.dtype === 'float' && bound.every((x) => !x || pass.bounds.get(x)),
  })),
]

const byRow: ReadonlyMap<Row, readonly Guarded[]> = guarded.reduce((table, r) => {
  if (r.pattern.kind === 'apply') table.set(r.pattern.row, [...(table.get(r.pattern.row) ?? []), r])
  return table
}, new Map<Row, readonly Guarded[]>())

const byRules: Rewrite = (node, pass) => {
  const row = rowOf(node)
  for (const candidate of (row && byRow.get(row)) ?? []) {
    const bound = match(candidate.pattern, node)
    if (!bound || !candidate.holds(node, bound, pass)) continue
    const next = replacementOf(candidate, bound, node, pass)
    if (sameKind(next, node)) return next
  }
  return null
}

const replacementOf = (r: Rule, bound: Bindings, node: Node, pass: Pass): Node => {
  // A replacement that is a number stands for the whole result; inside a formula one element broadcasts.
  const shape = r.replacement.kind === 'constant' ? node.shape : []
  return instantiate(
    r.replacement,
    bound,
    (value) => finish(pass, nodeOf(filled(value, shape, node.dtype))),
    (x) => x,
  )
}

const sameKind = (a: Kind, b: Kind): boolean =>
  a.dtype === b.dtype && a.varies === b.varies && sameShape(a.shape, b.shape)

/** Operands that were spread over the lanes, as they were before, where another operand varies. */
const uniformOperands: Rewrite = (node) => {
  const row = rowOf(node)
  if (!row || !node.inputs.some((x) => x.operation === spreadOperation)) return null
  const next = applyRow(
    row,
    node.inputs.map((x) => (x.operation === spreadOperation ? x.inputs[0]! : x)),
  )
  return sameKind(next, node) ? next : null
}

/** Equal elements of a constant as one number, where another input gives the result its shape. */
const scalarConstants: Rewrite = (node) => {
  const row = rowOf(node)
  if (!row) return null
  const single = node.inputs.map(
    (x) => x.operation === constantOperation && x.shape.length > 0 && filledWith(x) !== undefined,
  )
  if (!single.includes(true)) return null
  const inputs = node.inputs.map((x, k) => (single[k] ? nodeOf(filled(filledWith(x)!, [], x.dtype)) : x))
  const next = applyRow(row, inputs)
  return sameKind(next, node) ? next : null
}

// ---- loops

/** A loop on other inputs with its body simplified. What the body captures it then knows by its value itself. */
const loopWith = (pass: Pass, node: Node, inputs: readonly Node[], depth: number): Node => {
  const a = node.attributes as LoopAttributes
  const own = a.carries.length + a.slices.length
  const stand = (role: string) => (x: Node, i: number) => placeholderFor(pass, `${depth} ${role} ${i}`, x)
  const index = stand('index')(a.index, 0)
  const carries = a.carries.map(stand('carry'))
  const slices = a.slices.map(stand('slice'))
  const images = [index, ...carries, ...slices]
  const outside = inputs.slice(own)
  const given = new Map<Node, Node>([
    ...a.captured.map((x, i) => [x, outside[i]!] as const),
    ...placeholdersOf(a).map((x, i) => [x, images[i]!] as const),
  ])
  const results = simplified(pass, bodyResults(a), given, depth + 1)
  const [c, o] = [a.nextCarries.length, a.outputs.length]
  const captured = readFromOutside(results, images, outside)
  const attributes: LoopAttributes = {
    index,
    carries,
    slices,
    nextCarries: results.slice(0, c),
    outputs: results.slice(c, c + o),
    stop: a.stop && results[c + o]!,
    count: a.count,
    backwards: a.backwards,
    captured,
  }
  return make(loopOperation as Operation, attributes, [...inputs.slice(0, own), ...captured])
}

const readFromOutside = (
  results: readonly Node[],
  placeholders: readonly Node[],
  outside: readonly Node[],
): readonly Node[] => {
  const order = topologicalOrder(results, new Set([...placeholders, ...outside]))
  const own = dependents(order, new Set(placeholders))
  return [...new Set([...order.filter((x) => own.has(x)).flatMap((x) => x.inputs), ...results])].filter(
    (x) => !own.has(x),
  )
}

const placeholderFor = (pass: Pass, place: string, { shape, dtype, varies }: Node): Node => {
  const key = `${place} ${dtype} ${varies} ${shape.join()}`
  const known = pass.placeholders.get(key) ?? placeholder({ shape, dtype, varies })
  pass.placeholders.set(key, known)
  return known
}
