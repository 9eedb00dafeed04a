import type { Plan } from '../../compile/plan.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { countOperation } from '../../tensor/lanes.ts'
import type { Operation } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { preparePhase } from './phase.ts'
import type { Rounding } from './rounding.ts'
import { allocateUniform, constantsOf, type KeptArrays, type UniformArrays } from './storage.ts'

export interface ReferenceRun {
  readonly lanes: number
  /** Global index of the first lane. */
  readonly offset: number
  readonly rounding?: Rounding
  /** Milliseconds are added here by operation. */
  readonly times?: Map<string, number>
}

/** The plan as a function from the data of its inputs to that of its results, all float64: `[...shape]`, or `[...shape, lanes]` where a value varies. */
export const prepare = (
  plan: Plan,
): ((inputs: readonly Float64Array[], run: ReferenceRun) => readonly Float64Array[]) => {
  const uniform = allocateUniform(plan)
  const putConstants = constantsOf(plan, uniform)
  const results = plan.results.map(({ value }) => value)
  const phases = plan.phases.map((phase) => preparePhase(phase, results, uniform))
  const counts = topologicalOrder(results).filter((node) => node.operation === (countOperation as Operation))

  return (inputs, run) => {
    putConstants(run.rounding)
    const kept: KeptArrays = new Map()
    plan.inputs.forEach(({ value: node }, i) => {
      if (node.varies) kept.set(node, [inputs[i]!])
      else uniform(node).set(inputs[i]!)
    })
    for (const node of counts) uniform(node)[0] = run.lanes
    for (const phase of phases) phase(kept, run)
    return results.map((node) => resultOf(node, uniform, kept, run.lanes))
  }
}

const resultOf = (node: Node, uniform: UniformArrays, kept: KeptArrays, lanes: number): Float64Array => {
  if (!node.varies) return uniform(node).slice()
  const place = placeOf(node)
  const from = place.offset * lanes
  return kept.get(place.node)![place.output]!.slice(from, from + sizeOf(node.shape) * lanes)
}
