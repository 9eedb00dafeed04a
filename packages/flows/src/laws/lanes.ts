import fc from 'fast-check'
import type { Bijector } from '../bijector.ts'
import { onTarget } from './claim.ts'
import type { Subject } from './judge.ts'
import type { Law, LawOptions } from './law.ts'
import { noiseOf } from './noise.ts'
import { drawParameters } from './parameters.ts'
import { drawPoints } from './points.ts'
import { type CompiledClaims, compileClaims, numbered } from './run.ts'
import { selectLanes } from './shrink.ts'

/** Each example's result is its own, to the bit: the same whichever examples run beside it. Catches a map that lets examples meet. */
export const keepsExamplesApart = (b: Bijector, options: Pick<LawOptions, 'context' | 'engine'> = {}): Law =>
  examplesStayApart({
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const y = b.forward(params, x, given)
      return [onTarget('f(x)', y.value, []), onTarget('logDet', y.logDet, [])]
    },
  })

/** The same of whatever a subject claims something of. */
export const examplesStayApart = (subject: Subject): Law => {
  const { domain, parameters, context, engine } = subject
  const judged = { as: engine?.precision ?? 'float64' }
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
      const all = compiled.run(params, points, judged)
      const some = compiled.run(params, selectLanes(points, chosen), judged)
      some.forEach(({ left: few }, c) => {
        const { left: every } = all[c]!
        for (let i = 0; i < few.length; i++) {
          const element = Math.floor(i / chosen.length)
          const lane = chosen[i % chosen.length]!
          if (!Object.is(few[i], every[element * count + lane]))
            throw new Error(
              `${compiled!.claims[c]!.what} of example ${lane} depends on the others: ${few[i]} among ${chosen.length}, ${every[element * count + lane]} among ${count}.`,
            )
        }
      })
    },
  )
}
