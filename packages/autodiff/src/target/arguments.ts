import type { Plan } from '../compile/plan.ts'
import { isTensorLeaf } from '../compile/trace.ts'
import { mistake, showShape } from '../error.ts'
import { sameShape, sizeOf } from '../shape.ts'
import { topologicalOrder } from '../tensor/graph.ts'
import { countOperation } from '../tensor/lanes.ts'
import type { Operation } from '../tensor/operation.ts'
import type { DType, Example, Node } from '../tensor/tensor.ts'
import { flattenWith, type IsLeaf, leavesAt, structureOf, type Tree } from '../tree.ts'
import type { HostArray, Resident, RunOptions } from './engine.ts'

/** What a program was called with, in the order of its plan's inputs. */
export interface Arguments {
  readonly arrays: readonly (Resident | HostArray)[]
  readonly lanes: number
}

/**
 * The arguments of a run, held against the signature. What is the same for all runs is worked out once.
 * @throws naming the program, the input and both sides where they do not fit
 */
export const argumentsFor = (
  plan: Plan,
  signature: Tree<Example>,
  name: string,
): ((inputs: Tree<Resident | HostArray>, run: RunOptions) => Arguments) => {
  const paths = plan.inputs.map(({ path }) => path)
  const names = paths.map((path) => inputName(name, path))
  const structure = structureOf(isTensorLeaf, signature)
  const needsLanes = readsLanes(plan)
  return (inputs, run) => {
    const given =
      structure.leaves(isArray, inputs) ??
      leavesAt(paths, flattenWith(isArray, inputs), `${name}: signature and inputs`)
    const arrays = plan.inputs.map(({ value }, i) => checked(given[i]!, value, names[i]!))
    return { arrays, lanes: lanesOf(plan, arrays, run, name, needsLanes) }
  }
}

export const inputName = (name: string, path: string): string => `${name}: input ${path || 'the only one'}`

/** Whether an input's memory is given up to the program. */
export const isDonated = (donate: readonly string[], path: string): boolean =>
  donate.some((d) => path === d || path.startsWith(`${d}.`))

/** A leaf of the inputs: both kinds of array have a shape. */
const isArray: IsLeaf<Resident | HostArray> = (x): x is Resident | HostArray =>
  typeof x === 'object' && x !== null && 'shape' in x && Array.isArray(x.shape)

export const dtypeOf = (data: HostArray['data']): DType =>
  data instanceof Int32Array ? 'int' : data instanceof Uint8Array ? 'bool' : 'float'

/** @throws when the numbers are not as many as the shape and lanes say */
export const checkFilled = (what: string, { data, shape, lanes }: HostArray): void => {
  if (data.length !== sizeOf(shape) * (lanes ?? 1))
    mistake(
      `${what}: ${data.length} numbers do not fill ${showShape(shape)}${lanes === undefined ? '' : ` of ${lanes} lanes`}.`,
    )
}

const checked = (array: Resident | HostArray, node: Node, what: string): Resident | HostArray => {
  if (!sameShape(array.shape, node.shape))
    mistake(`${what} has shape ${showShape(array.shape)}, the signature says ${showShape(node.shape)}.`)
  if ((array.lanes !== undefined) !== node.varies)
    mistake(
      `${what} is ${node.varies ? 'one value, the signature says one for each example: give lanes' : 'one for each example, the signature says one value'}.`,
    )
  const dtype = 'data' in array ? dtypeOf(array.data) : array.dtype
  if (dtype !== node.dtype) mistake(`${what} is ${dtype}, the signature says ${node.dtype}.`)
  if ('data' in array) checkFilled(what, array)
  return array
}

/** Whether the results depend on how many examples there are. */
const readsLanes = (plan: Plan): boolean =>
  plan.phases.some((phase) => phase.varying.length > 0) ||
  topologicalOrder(plan.results.map(({ value }) => value)).some(
    (node) => node.operation === (countOperation as Operation),
  )

const lanesOf = (
  plan: Plan,
  arrays: readonly (Resident | HostArray)[],
  run: RunOptions,
  name: string,
  needsLanes: boolean,
): number => {
  let found = run.lanes?.count
  arrays.forEach(({ lanes }, i) => {
    if (lanes !== undefined && found !== undefined && lanes !== found)
      mistake(`${name}: input ${plan.inputs[i]!.path} has ${lanes} examples, others have ${found}.`)
    found ??= lanes
  })
  if (found === undefined && needsLanes)
    mistake(`${name}: nothing varying comes in; say how many examples with { lanes: { count } }.`)
  if (found !== undefined && !(Number.isInteger(found) && found > 0))
    mistake(`${name}: needs at least one example, got ${found}.`)
  return found ?? 1
}
