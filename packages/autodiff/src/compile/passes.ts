import type { Node } from '../tensor/tensor.ts'

export interface Pass {
  readonly name: string
  readonly reason: string
  run(results: readonly Node[]): readonly Node[]
}

/** From the graph as written to the graph that is scheduled, in this order. */
export const passes: readonly Pass[] = []

export const runPasses = (results: readonly Node[]): readonly Node[] =>
  passes.reduce((at, pass) => pass.run(at), results)
