import { applyExpression, type Example, type Expression, filled, lanes, nodeOf, root, sub } from '@diffeo/autodiff'
import type { Ends } from './undo.ts'

/**
 * The x in the domain with f(x) = z, coordinate by coordinate, by a bracketed search; derivatives in z and in the other
 * arguments are those of the implicit function.
 */
export const rootOf = (
  expression: Expression,
  increasing: boolean,
  [lower, upper]: Ends,
  z: Example,
  others: readonly Example[],
): Example => {
  const varies = [z, ...others].some((x) => nodeOf(x).varies)
  const end = (value: number): Example => {
    const everywhere = filled(value, z.shape)
    return varies ? lanes.spread(everywhere) : everywhere
  }
  return root(
    (x: Example) => {
      const value = applyExpression(expression, [x, ...others].map(nodeOf))
      return increasing ? sub(value, z) : sub(z, value)
    },
    end(lower),
    end(upper),
  )
}
