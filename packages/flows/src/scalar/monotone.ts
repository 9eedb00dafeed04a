import { type Expression, evaluateExpression, interpret, interval } from '@diffeo/autodiff'
import { derivativeOf } from './derivative.ts'
import { type Ends, type Obstacle, rangeOf } from './undo.ts'

/** A scalar map that is one-to-one because its derivative keeps one sign. */
export interface Monotone {
  readonly derivative: Expression
  readonly increasing: boolean
  readonly codomain: Ends
}

/**
 * Proves by interval arithmetic that the derivative in argument 0 keeps one sign on the domain, whatever the other
 * arguments are; where one interval is too coarse it is halved, up to 2^12 pieces.
 */
export const monotone = (expression: Expression, others: number, domain: Ends): Monotone | Obstacle => {
  const held = Array.from({ length: others }, () => interval.REAL)
  const outside = undefinedStep(expression, [domain, ...held])
  if (outside) return { obstacle: `${outside} is not defined on all that enters it; name a smaller domain` }
  const derivative = derivativeOf(expression, 0)
  const signs = piecesOf(domain).map((piece) => signOn(derivative, held, piece, 12))
  const increasing = signs.every((sign) => sign > 0)
  if (!increasing && !signs.every((sign) => sign < 0))
    return { obstacle: 'interval arithmetic cannot prove that the derivative keeps one sign' }
  const endsAt = (other: number): readonly number[] =>
    domain.map((end) => {
      const value = evaluateExpression(expression, [end, ...held.map(() => other)])
      return Number.isNaN(value) && endless(derivative, held, domain, end) ? (increasing ? end : -end) : value
    })
  const [ends, moved] = [endsAt(0.5), endsAt(-1.25)]
  if (ends.some(Number.isNaN)) return { obstacle: 'its values at the ends of the domain are unknown' }
  if (ends.some((end, i) => end !== moved[i]))
    return { obstacle: 'its codomain moves with a parameter, so it is no support' }
  return { derivative, increasing, codomain: increasing ? [ends[0]!, ends[1]!] : [ends[1]!, ends[0]!] }
}

/** Whether the map has no bound towards an infinite end of the domain: its slope stays away from 0 there. */
const endless = (derivative: Expression, held: readonly interval.Interval[], domain: Ends, end: number): boolean => {
  if (Number.isFinite(end)) return false
  const [lower, upper] = rangeOf(derivative, [end > 0 ? piecesOf(domain).at(-1)! : piecesOf(domain)[0]!, ...held])
  return lower > 0 || upper < 0
}

/** 1 or -1 where the sign is proven, else 0. A slope that only tends to 0 beyond every bound is allowed there. */
const signOn = (derivative: Expression, held: readonly interval.Interval[], piece: Ends, depth: number): -1 | 0 | 1 => {
  const [lower, upper] = rangeOf(derivative, [piece, ...held])
  const unbounded = !Number.isFinite(piece[0]) || !Number.isFinite(piece[1])
  if (lower > 0 || (unbounded && lower === 0 && upper > 0)) return 1
  if (upper < 0 || (unbounded && upper === 0 && lower < 0)) return -1
  const middle = (piece[0] + piece[1]) / 2
  if (depth === 0 || unbounded || !(piece[0] < middle && middle < piece[1])) return 0
  const left = signOn(derivative, held, [piece[0], middle], depth - 1)
  return left !== 0 && left === signOn(derivative, held, [middle, piece[1]], depth - 1) ? left : 0
}

/** A cover of the domain whose pieces grow with the distance from 0. */
export const piecesOf = ([lower, upper]: Ends): readonly Ends[] => {
  const inner = [-1e4, -100, -10, -1, 0, 1, 10, 100, 1e4].filter((x) => lower < x && x < upper)
  const cuts = [lower, ...inner, upper]
  return cuts.slice(1).map((cut, i) => [cuts[i]!, cut])
}

/** The first function that is given more than it is defined on. */
const undefinedStep = (expression: Expression, args: readonly interval.Interval[]): string | undefined => {
  let found: string | undefined
  interpret<interval.Interval>(
    expression,
    args,
    (value) => [value, value],
    (row, operands) => {
      const fits = operands.every(([lower, upper], i) => {
        const [from, to] = row.domain[i]!
        // The point comes from an open interval, so an end at 0 is not reached.
        return (lower >= from || (from === Number.MIN_VALUE && lower === 0)) && upper <= to
      })
      if (!fits) found ??= row.name
      return row.range(...operands)
    },
  )
  return found
}
