import type { Shape } from '@diffeo/autodiff'
import { mistake } from './mistake.ts'

/**
 * Support and event shape of one point. The support is a type, so chains are checked by the compiler; the shape is
 * checked where parts are joined. A product also lists its parts.
 */
export interface Domain<S extends string = string> {
  readonly support: S
  readonly shape: Shape
  /** The domains side by side in a product, in order. */
  readonly parts?: readonly Domain[]
}
/** All real numbers in each coordinate. */
export type Real = Domain<'real'>
/** Numbers above 0 in each coordinate. */
export type Positive = Domain<'positive'>
/** Numbers between 0 and 1, ends left out, in each coordinate. */
export type UnitInterval = Domain<'unitInterval'>
/** Positive numbers that add up to 1. */
export type Simplex = Domain<'simplex'>
/** Angles, which meet again after a turn. */
export type Circle = Domain<'circle'>
/** Parts with supports of their own, side by side. */
export type Product = Domain<'product'>
/** A support that the compiler does not know; it fits any neighbour in types and is checked when parts are joined. */
export type Unchecked = Domain<never>

/** A length for a vector, or a whole shape. */
export type Size = number | Shape

export const shapeOf = (size: Size): Shape => (typeof size === 'number' ? [size] : size)

const domainOf =
  <const S extends string>(support: S) =>
  (size: Size = []): Domain<S> => ({ support, shape: shapeOf(size) })

/** All reals, in each coordinate. */
export const real = domainOf('real')
/** x > 0 in each coordinate. */
export const positive = domainOf('positive')
/** 0 < x < 1 in each coordinate. */
export const unitInterval = domainOf('unitInterval')
/** Positive coordinates along the last axis that sum to 1. */
export const simplex = domainOf('simplex')
/** Angles in [-π, π), whose ends are one point. */
export const circle = domainOf('circle')
/** Coordinates along the last axis that increase. */
export const ordered = domainOf('ordered')
/** Unit vectors along the last axis. */
export const sphere = domainOf('sphere')
/** Symmetric positive definite matrices, over the last two axes. */
export const positiveDefinite = domainOf('positiveDefinite')

/** The name of lower < x < upper as a type; the reals, the positive numbers and the unit interval go by their own. */
export type IntervalName<L extends number, U extends number> = `${L}` extends '0'
  ? `${U}` extends '1'
    ? 'unitInterval'
    : `(${L}, ${U})`
  : `(${L}, ${U})`

/**
 * lower < x < upper in each coordinate; the support is named after its ends, so two intervals fit if their ends are equal.
 * @throws when the interval is empty
 */
export const openInterval = <const L extends number, const U extends number>(
  lower: L,
  upper: U,
  size: Size = [],
): Domain<IntervalName<L, U>> => ({
  support: intervalName(lower, upper) as IntervalName<L, U>,
  shape: shapeOf(size),
})

/** The support lower < x < upper by name; ends may be infinite. */
export const intervalName = (lower: number, upper: number): string => {
  if (!(lower < upper)) mistake(`openInterval: needs lower < upper, got ${lower} and ${upper}.`)
  if (lower === -Infinity && upper === Infinity) return 'real'
  if (lower === 0 && upper === Infinity) return 'positive'
  if (lower === 0 && upper === 1) return 'unitInterval'
  return `(${showEnd(lower)}, ${showEnd(upper)})`
}

const showEnd = (x: number): string => (Number.isFinite(x) ? String(x) : x > 0 ? '∞' : '-∞')

/** The ends of a support that is one interval in each coordinate; undefined for any other. */
export const endsOf = (support: string): readonly [number, number] | undefined => {
  if (support === 'real') return [-Infinity, Infinity]
  if (support === 'positive') return [0, Infinity]
  if (support === 'unitInterval') return [0, 1]
  const ends = /^\((.+), (.+)\)$/.exec(support)
  if (!ends) return undefined
  const [lower, upper] = ends.slice(1).map((end) => Number(end.replace('∞', 'Infinity')))
  return Number.isNaN(lower) || Number.isNaN(upper) ? undefined : [lower!, upper!]
}

/** Whether points of one are points of the other: equal supports (inclusion is not enough: the map would not be onto), shapes and parts. */
export const sameDomain = (a: Domain, b: Domain): boolean =>
  a.support === b.support &&
  a.shape.length === b.shape.length &&
  a.shape.every((n, i) => n === b.shape[i]) &&
  (a.parts === undefined) === (b.parts === undefined) &&
  (a.parts === undefined ||
    (a.parts.length === b.parts!.length && a.parts.every((part, i) => sameDomain(part, b.parts![i]!))))

/** In words, such as `real [8]` or `product(positive [1], real [2]) [3]`. */
export const showDomain = ({ support, shape, parts }: Domain): string =>
  `${parts ? `${support}(${parts.map(showDomain).join(', ')})` : support} [${shape.join(', ')}]`
