import { simplify } from '../rewrite/simplify.ts'
import type { Node } from '../tensor/tensor.ts'

export interface Pass {
  readonly name: string
  readonly reason: string
  run(results: readonly Node[]): readonly Node[]
}

/** From the graph as written to the graph that is scheduled, in this order. */
export const passes: readonly Pass[] = [
  {
    name: 'simplify',
    reason:
      'derivatives repeat subexpressions, multiply by 1 and rename values; weight gradients become one product over the lanes',
    run: simplify,
  },
]

export const runPasses = (results: readonly Node[]): readonly Node[] =>
  passes.reduce((at, pass) => pass.run(at), results)
