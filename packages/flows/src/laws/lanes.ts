import fc from 'fast-check'
import type { Bijector } from '../bijector.ts'
import { onTarget } from './claim.ts'
import { type JudgedOn, judgedOf, showJudged } from './formats.ts'
import type { Subject } from './judge.ts'
import type { Law, LawOptions } from './law.ts'
import { noiseOf } from './noise.ts'
import { drawParameters } from './parameters.ts'
import { drawPoints } from './points.ts'
import { type CompiledClaims, compileClaims, numbered } from './run.ts'
import { selectLanes } from './shrink.ts'

/** Each example's result is its own, to the bit: the same whichever examples run beside it. Catches a map that lets examples meet. */
export const keepsExamplesApart = (
  b: Bijector,
  { context, engines }: Pick<LawOptions, 'context' | 'engines'> = {},
): Law =>
  examplesStayApart(
    {
      domain: b.domain,
      parameters: b.parameters,
      ...(context && { context }),
      claims: (params, x, given) => {
        const y = b.forward(params, x, given)
        return [onTarget('f(x)', y.value, []), onTarget('logDet', y.logDet, [])]
      },
    },
    engines,
  )

/** The same of whatever a subject claims something of. */
export const examplesStayApart = (subject: Subject, engines?: JudgedOn['engines']): Law => {
  const { domain, parameters, context } = subject
  let compiled: CompiledClaims | undefined
  return fc.property(
    fc.record({ seed: fc.nat({ max: 2 ** 31 - 1 }), spread: fc.constantFrom(0, 1) }),
    ({ seed, spread }) => {
      compiled ??= compileClaims(subject)
      const params = drawParameters(parameters, seed, spread)
      const count = 130
      const points = {
        x: drawPoints(domain, count, noiseOf(seed, 2)),
        lane: numbered(count),
        ...(context && { context: drawPoints({ support: 'real', shape: context }, count, noiseOf(seed, 3)) }),
      }
      const chosen = [...Array(count).keys()].filter((lane) => lane % 3 === seed % 3).reverse()
      for (const judged of judgedOf(engines)) {
        const all = compiled.run(params, points, judged)
        const some = compiled.run(params, selectLanes(points, chosen), judged)
        compiled.claims.forEach(({ what }, c) => {
          const [few, every] = [some[c]!.left, all[c]!.left]
          for (let i = 0; i < few.length; i++) {
            const lane = chosen[i % chosen.length]!
            const other = every[Math.floor(i / chosen.length) * count + lane]
            if (!Object.is(few[i], other))
              throw new Error(
                `${what} of example ${lane} depends on the others ${showJudged(judged)}: ${few[i]} among ${chosen.length}, ${other} among ${count}.`,
              )
          }
        })
      }
    },
  )
}
