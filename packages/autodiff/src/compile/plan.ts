import type { Node } from '../tensor/tensor.ts'
import { runPasses } from './passes.ts'
import { cutPhases, type Phase } from './phases.ts'
import type { Trace } from './trace.ts'

/** A program before it meets a target: what is computed, and in which phases. */
export interface Plan extends Trace {
  readonly phases: readonly Phase[]
}

export const planOf = (traced: Trace): Plan => {
  const simplified = runPasses(traced.results.map(({ value }) => value))
  const results = traced.results.map(({ path }, i) => ({ path, value: simplified[i]! }))
  return { ...traced, results, phases: cutPhases(simplified) }
}

/** The results by position. */
export const resultNodes = (plan: Plan): readonly Node[] => plan.results.map(({ value }) => value)
