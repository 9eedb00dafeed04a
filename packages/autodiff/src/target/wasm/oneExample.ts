import type { Plan } from '../../compile/plan.ts'
import { forOneExample } from '../../compile/single.ts'
import type { RunOptions } from '../engine.ts'
import { flops } from '../explain.ts'
import type { Prepared } from '../shell.ts'
import type { Held } from './arrays.ts'

/** Operations of one example, in a program that has any. */
export const exampleFlops = ({ phases }: Plan): number =>
  phases.reduce((sum, { varying, joins }) => [...varying, ...joins].reduce((n, node) => n + flops(node), sum), 0)

/** A program for examples that come alone and one for many; each is made when it is first needed. */
export const withOneExample = (
  plan: Plan,
  prepare: (plan: Plan, name: string) => Prepared<Held, RunOptions>,
  numberOf: (offset: number) => Held,
): Prepared<Held, RunOptions> => {
  let one: Prepared<Held, RunOptions> | undefined
  let many: Prepared<Held, RunOptions> | undefined
  return {
    execute: (inputs, lanes, run) => {
      if (lanes.count === 1) {
        one ??= prepare(forOneExample(plan), ' on one example')
        return one.execute([...inputs, numberOf(lanes.offset)], lanes, run)
      }
      many ??= prepare(plan, '')
      return many.execute(inputs, lanes, run)
    },
    explain: () => {
      if (!one && !many) many = prepare(plan, '')
      return [one, many].flatMap((program) => (program ? [program.explain()] : [])).join('\n')
    },
    dispose: () => {
      one?.dispose()
      many?.dispose()
    },
  }
}
