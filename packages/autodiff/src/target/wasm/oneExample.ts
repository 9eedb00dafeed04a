import type { Plan } from '../../compile/plan.ts'
import { forOneExample } from '../../compile/single.ts'
import type { RunOptions } from '../engine.ts'
import { flops } from '../explain.ts'
import type { Prepared } from '../shell.ts'
import type { Held } from './arrays.ts'

/** Operations of one example, in a program that has any. */
export const exampleFlops = ({ phases }: Plan): number =>
  phases.reduce((sum, { varying, joins }) => [...varying, ...joins].reduce((n, node) => n + flops(node), sum), 0)

/** A program that runs single examples by one of their own, which is made when the first comes. */
export const withOneExample = (
  plan: Plan,
  many: Prepared<Held, RunOptions>,
  prepare: (plan: Plan) => Prepared<Held, RunOptions>,
  numberOf: (offset: number) => Held,
): Prepared<Held, RunOptions> => {
  let one: Prepared<Held, RunOptions> | undefined
  return {
    execute: (inputs, lanes, run) => {
      if (lanes.count !== 1) return many.execute(inputs, lanes, run)
      one ??= prepare(forOneExample(plan))
      return one.execute([...inputs, numberOf(lanes.offset)], lanes, run)
    },
    explain: () => [many.explain(), ...(one ? [one.explain()] : [])].join('\n'),
    dispose: () => {
      many.dispose()
      one?.dispose()
    },
  }
}
