import {
  type Example,
  example,
  type HostArray,
  input,
  lanes,
  openReference,
  perturbed,
  type ReferenceProgram,
  type Resident,
  type Rounding,
  random,
  type Tensor,
  toFloat32,
} from '@diffeo/autodiff'
import { type Declared, flattenDeclared, mapDeclared } from '../parameters.ts'
import type { Claim } from './claim.ts'
import type { Subject } from './judge.ts'
import { noiseOf } from './noise.ts'

export interface Points {
  readonly x: HostArray & { readonly lanes: number }
  readonly context?: HostArray & { readonly lanes: number }
}

/** A subject's claims as one program; `claims` has what is left of them once their sides are numbers. */
export interface Compiled {
  readonly program: ReferenceProgram
  readonly declared: Declared<unknown>
  readonly claims: readonly Pick<Claim, 'kind' | 'what' | 'domain'>[]
  readonly read: (x: Resident) => HostArray
}

/** For each claim, the values of its sides (and its slack), `[elements, lanes]`. */
export type Sides = readonly (readonly [left: HostArray, right: HostArray, slack?: HostArray])[]

export const compileClaims = (subject: Subject): Compiled => {
  const engine = openReference()
  let claims: readonly Claim[] = []
  const program = engine.compileSync(
    ({ params, x, context }: { readonly params: never; readonly x: Example; readonly context: Example }) => {
      claims = subject.claims(params, x, { ...(subject.context && { context }), key: random.key(0) })
      return claims.map(({ left, right, slack }) => [left, right, ...(slack ? [slack] : [])].map(everyLane))
    },
    {
      params: mapDeclared(subject.parameters, ({ parameter: { shape } }) => input(shape)) as never,
      x: example(subject.domain.shape),
      context: (subject.context ? example(subject.context) : []) as Example,
    },
  )
  return { program, declared: subject.parameters, claims, read: engine.readSync }
}

/** A side may be the same for all points. */
const everyLane = (x: Example): Example => lanes.spread(x as Tensor)

/**
 * How a program is run: exactly, as a float32 machine would, or off at random by units of `epsilon`: in the point and
 * the parameters only, or in the result of every operation.
 */
export type Arithmetic =
  | 'exact'
  | 'float32'
  | { readonly off: 'inputs' | 'operations'; readonly seed: number; readonly epsilon: number }

const roundingOf = (arithmetic: Arithmetic): Rounding | undefined => {
  if (arithmetic === 'exact') return undefined
  if (arithmetic === 'float32') return toFloat32
  return arithmetic.off === 'operations' ? perturbed(arithmetic.seed, arithmetic.epsilon) : undefined
}

export const runClaims = (
  { program, declared, read }: Compiled,
  params: unknown,
  { x, context }: Points,
  arithmetic: Arithmetic,
): Sides => {
  const rounding = roundingOf(arithmetic)
  const moved = inputsOf(arithmetic, declared)
  const results = program.runSync(
    { params: moved.params(params), x: moved.array(x), context: context ? moved.array(context) : [] } as never,
    rounding ? { rounding } : {},
  )
  return (results as unknown as readonly (readonly Resident[])[]).map(
    (sides) => sides.map(read) as unknown as Sides[number],
  )
}

interface Inputs {
  readonly array: (x: HostArray) => HostArray
  readonly params: (params: unknown) => unknown
}

/** Every input as it is, or off at random by up to one unit of its last place. */
const inputsOf = (arithmetic: Arithmetic, declared: Declared<unknown>): Inputs => {
  if (typeof arithmetic === 'string' || arithmetic.off !== 'inputs')
    return { array: (x) => x, params: (params) => params }
  const noise = noiseOf(arithmetic.seed, 4)
  const array = (x: HostArray): HostArray => ({
    ...x,
    data: Float64Array.from(x.data, (v) => v * (1 + arithmetic.epsilon * (2 * noise.uniform() - 1))),
  })
  return {
    array,
    params: (params) => {
      const leaves = flattenDeclared<HostArray>(declared, params)
      return mapDeclared(declared, (_, i) => array(leaves[i]!))
    },
  }
}
