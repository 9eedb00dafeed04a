import type { Json } from '../bijector.ts'
import type { Distribution } from '../distribution.ts'
import { mistake } from '../mistake.ts'

/** How a kind of distribution is rebuilt from its spec, like `BijectorKind`. `parts` are the distributions it is made of. */
export interface DistributionKind {
  readonly kind: string
  build(options: Json, parts: readonly Distribution[]): Distribution
}

/** A kind of distribution from its name and how it is built. What `build` throws about its options is a fault of the spec. */
export const distributionKind = (
  kind: string,
  build: (options: Json, parts: readonly Distribution[]) => Distribution,
): DistributionKind => ({ kind, build })

/** One entry of options that come from outside. */
export const optionIn = (options: Json, name: string): Json | undefined =>
  typeof options === 'object' && options !== null && !Array.isArray(options)
    ? (options as { readonly [k: string]: Json })[name]
    : undefined

const isCount = (x: Json): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0

/** The event shape among options that come from outside. Throws where there is none. */
export const sizeIn = (options: Json): readonly number[] => {
  const shape = optionIn(options, 'shape')
  return Array.isArray(shape) && shape.every(isCount)
    ? (shape as readonly number[])
    : mistake(`shape: expected a list of whole numbers, got ${JSON.stringify(shape)}.`)
}

/** A number among options that come from outside. Throws where there is none. */
export const numberIn = (options: Json, name: string): number => {
  const value = optionIn(options, name)
  return typeof value === 'number' ? value : mistake(`${name}: expected a number, got ${JSON.stringify(value)}.`)
}
