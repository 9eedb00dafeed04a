import type { Kinds } from './kinds.ts'

/** Every kind that comes with the library: one line for each. */
export const builtInKinds: Kinds = {
  bijectors: [],
  transforms: [],
  conditioners: [],
}
