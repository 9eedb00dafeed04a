import type { Example } from '@diffeo/autodiff'
import type { Spec } from './bijector.ts'
import type { ParameterTree } from './parameters.ts'

/** A network of fixed sizes: `[inputs]` (and the context) to `[outputs]`. */
export interface Network {
  readonly parameters: ParameterTree
  /** `params` are the values of `parameters`, in its tree. */
  apply(params: unknown, x: Example, context: Example | undefined): Example
}

/** Whether a conditioner says that its networks see a context. */
export const takesContext = ({ spec: { options } }: { readonly spec: Spec }): boolean =>
  typeof options === 'object' && options !== null && 'context' in options && options.context !== 0

/** How to build a network once the sizes are known: what coupling layers and `conditional` take. */
export interface Conditioner {
  readonly spec: Spec
  /** `inputs` may be 0: then the output depends on the context alone. */
  network(inputs: number, outputs: number): Network
}
