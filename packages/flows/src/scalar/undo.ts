import {
  type Expression,
  evaluateExpression,
  interpret,
  interval,
  primitiveRows,
  type Row,
  substitute,
} from '@diffeo/autodiff'
import { dependsOn } from './derivative.ts'

/** Two ends of an open interval, in order. */
export type Ends = readonly [lower: number, upper: number]

/** A scalar map whose inverse is a formula too. Arguments of each: the point (x, or z for the inverse), then the others. */
export interface Undone {
  readonly inverse: Expression
  /** log|f′(x)|. */
  readonly logDerivative: Expression
  /** log|(f⁻¹)′(z)|, from what the inverse passes through. */
  readonly inverseLogDerivative: Expression
  /** The largest part of the asked domain on which every step is one-to-one. */
  readonly domain: Ends
  readonly codomain: Ends
}

/** Why algebra does not do it. */
export interface Obstacle {
  readonly obstacle: string
}

/** One function on the way from the point to the result, and which of its operands holds the point. */
interface Step {
  readonly expression: Expression
  readonly row: Row
  readonly operands: readonly Expression[]
  readonly at: number
}

/**
 * Walks an expression back through each function's own inverse, adding each function's stable log-slope.
 * Nothing but argument 0 is the point; the rest is held, whatever its value.
 */
export const undo = (expression: Expression, others: number, asked: Ends): Undone | Obstacle => {
  const steps = stepsOf(expression)
  if ('obstacle' in steps) return steps
  let inverse: Expression = { kind: 'argument', index: 0 }
  let value: Expression = inverse
  const slopes: Expression[] = []
  const inverseSlopes: Expression[] = []
  for (const { row, operands, at, expression: here } of [...steps].reverse()) {
    const rule = row.undo()[at]
    if (!rule) return { obstacle: `${row.name} has no inverse in its ${ordinal(at)} operand` }
    inverse = substitute(rule.inverse, [...withOperand(operands, at, nothing), value])
    slopes.push(substitute(rule.logSlope, [...operands, here]))
    inverseSlopes.push(substitute(rule.logSlope, [...withOperand(operands, at, inverse), value]))
    value = inverse
  }
  const ends = endsThrough(steps, others, asked)
  if ('obstacle' in ends) return ends
  return {
    inverse,
    logDerivative: total(slopes.map(withoutLogOfExp)),
    inverseLogDerivative: primitiveRows.neg(total(inverseSlopes.map(withoutLogOfExp))),
    ...ends,
  }
}

/** Functions from the point outwards; an obstacle where the point enters one twice. */
const stepsOf = (expression: Expression): readonly Step[] | Obstacle => {
  const holdsPoint = dependsOn(expression, 0)
  if (!holdsPoint(expression)) return { obstacle: 'the result does not depend on the point' }
  const steps: Step[] = []
  for (let at = expression; at.kind === 'apply'; ) {
    const places = at.operands.flatMap((operand, i) => (holdsPoint(operand) ? [i] : []))
    if (places.length > 1) return { obstacle: `the point enters ${at.row.name} more than once` }
    steps.push({ expression: at, row: at.row, operands: at.operands, at: places[0]! })
    at = at.operands[places[0]!]!
  }
  return steps.reverse()
}

/** Values of the other arguments at which ends are compared: ends that move with them are no support. */
const trials = (others: number): readonly (readonly number[])[] =>
  others === 0
    ? [[]]
    : [0.37, -1.3, 2.9].map((seed) => Array.from({ length: others }, (_, i) => seed + 0.61 * ((i * seed) % 1.7)))

/** The largest part of the domain that all steps allow, and its image. */
const endsThrough = (
  steps: readonly Step[],
  others: number,
  asked: Ends,
): { readonly domain: Ends; readonly codomain: Ends } | Obstacle => {
  const everywhere: readonly interval.Interval[] = [
    interval.REAL,
    ...Array.from({ length: others }, () => interval.REAL),
  ]
  const found: { readonly domain: Ends; readonly codomain: Ends }[] = []
  for (const trial of trials(others)) {
    const numbers = [Number.NaN, ...trial]
    let domain = asked
    let image = asked
    for (const [k, step] of steps.entries()) {
      const { row, operands, at } = step
      const rule = row.undo()[at]!
      const allowed = openEnds(intersection(rule.on, row.domain[at]!))
      const held: Ends = [Math.max(image[0], allowed[0]), Math.min(image[1], allowed[1])]
      if (!(held[0] < held[1]))
        return { obstacle: `${row.name} is one-to-one on ${show(allowed)}, but what enters it lies in ${show(image)}` }
      if (held[0] !== image[0] || held[1] !== image[1])
        domain = sorted(
          held.map((end) => steps.slice(0, k).reduceRight((v, before) => undoneAt(before, numbers, v), end)),
        )
      if (operands.some((o, i) => i !== at && mayBeZeroSlope(row, at, i, o, everywhere, numbers)))
        return {
          obstacle: `${row.name} may have slope 0: its ${at === 0 ? 'second' : 'first'} operand may be 0; take exp or softplus of it`,
        }
      image = sorted(held.map((end) => valueAt(step, numbers, end)))
      if (image.some(Number.isNaN) || !(image[0] < image[1]))
        return { obstacle: `${row.name} maps ${show(held)} to ${show(image)}` }
    }
    found.push({ domain, codomain: image })
  }
  const [first] = found
  const moves = found.some(({ domain, codomain }) => !same(domain, first!.domain) || !same(codomain, first!.codomain))
  return moves ? { obstacle: 'its domain or codomain moves with a parameter, so it is no support' } : first!
}

/** Whether holding this operand leaves a slope that may vanish: a factor of 0, an exponent of 0. */
const mayBeZeroSlope = (
  row: Row,
  at: number,
  other: number,
  operand: Expression,
  everywhere: readonly interval.Interval[],
  numbers: readonly number[],
): boolean => {
  const slope = row.partials()[at]
  if (!slope || !dependsOn(slope, other)(slope)) return false
  if (operand.kind !== 'constant' && dependsOnAny(operand, everywhere.length - 1)) {
    const range = rangeOf(operand, everywhere)
    return range[0] < 0 && range[1] > 0
  }
  return evaluateExpression(operand, numbers) === 0
}

/** The values of an expression, its arguments anywhere in their intervals. */
export const rangeOf = (e: Expression, args: readonly interval.Interval[]): interval.Interval =>
  interpret<interval.Interval>(
    e,
    args,
    (value) => [value, value],
    (row, operands) => row.range(...operands),
  )

const dependsOnAny = (e: Expression, others: number): boolean =>
  Array.from({ length: others }, (_, i) => dependsOn(e, i + 1)(e)).some(Boolean)

const valueAt = ({ row, operands, at }: Step, numbers: readonly number[], point: number): number =>
  row.eval(...operands.map((operand, i) => (i === at ? point : evaluateExpression(operand, numbers))))

const undoneAt = ({ row, operands, at }: Step, numbers: readonly number[], value: number): number =>
  evaluateExpression(row.undo()[at]!.inverse, [
    ...operands.map((operand, i) => (i === at ? Number.NaN : evaluateExpression(operand, numbers))),
    value,
  ])

/** log|e^u| is u: the slope of a scale that was written as an exponential, without overflow. */
const withoutLogOfExp = (e: Expression): Expression => {
  if (e.kind !== 'apply') return e
  const [inner] = e.operands
  if (e.row === primitiveRows.log && inner?.kind === 'apply') {
    const bare = inner.row === primitiveRows.abs ? inner.operands[0]! : inner
    if (bare.kind === 'apply' && bare.row === primitiveRows.exp) return bare.operands[0]!
  }
  return { ...e, operands: e.operands.map(withoutLogOfExp) }
}

const total = (terms: readonly Expression[]): Expression => {
  const kept = terms.filter((term) => !(term.kind === 'constant' && term.value === 0))
  return kept.length === 0 ? { kind: 'constant', value: 0 } : kept.reduce((a, b) => primitiveRows.add(a, b))
}

const nothing: Expression = { kind: 'constant', value: Number.NaN }
const withOperand = (operands: readonly Expression[], at: number, operand: Expression): readonly Expression[] =>
  operands.map((o, i) => (i === at ? operand : o))
const intersection = (a: interval.Interval, b: interval.Interval): Ends => [Math.max(a[0], b[0]), Math.min(a[1], b[1])]
/** The smallest positive number stands for an open end at 0. */
const openEnds = ([lower, upper]: Ends): Ends => [lower === Number.MIN_VALUE ? 0 : lower, upper]
const sorted = (ends: readonly number[]): Ends =>
  ends[0]! <= ends[1]! ? [ends[0]! + 0, ends[1]! + 0] : [ends[1]! + 0, ends[0]! + 0]
const same = (a: Ends, b: Ends): boolean =>
  a.every((end, i) => end === b[i] || Math.abs(end - b[i]!) <= 1e-9 * Math.max(Math.abs(end), Math.abs(b[i]!)))
const show = ([lower, upper]: Ends): string => `(${lower}, ${upper})`
const ordinal = (at: number): string => ['first', 'second', 'third'][at] ?? `${at + 1}th`
