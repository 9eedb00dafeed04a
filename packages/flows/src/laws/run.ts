import {
  add,
  concat,
  EPSILON,
  type Example,
  example,
  type HostArray,
  input,
  openReference,
  perturbed,
  type ReferenceProgram,
  type Resident,
  type Rounding,
  random,
  toFloat32,
} from '@diffeo/autodiff'
import { type Declared, flattenDeclared, mapDeclared } from '../parameters.ts'
import { type Claim, flattened, sizeOfAll } from './claim.ts'
import type { Precision, Subject } from './judge.ts'
import { noiseOf } from './noise.ts'

export interface Points {
  readonly x: HostArray & { readonly lanes: number }
  readonly context?: HostArray & { readonly lanes: number }
  /** Whole numbers, one for each point, that its random key is made of. */
  readonly lane: HostArray & { readonly lanes: number }
}

/** Numbers points as they come. */
export const numbered = (lanes: number): Points['lane'] => ({
  data: Int32Array.from({ length: lanes }, (_, l) => l),
  shape: [],
  lanes,
})

/** A subject's claims as one program; `claims` has what is left of them once their sides are numbers. */
export interface Compiled {
  readonly program: ReferenceProgram
  readonly declared: Declared<unknown>
  readonly claims: readonly Pick<Claim, 'kind' | 'what' | 'domain'>[]
  readonly read: (x: Resident) => ArrayLike<number>
}

/** The values of a claim's sides, `[elements, lanes]`, and of its slack and scale. */
export interface Sides {
  readonly left: ArrayLike<number>
  readonly right: ArrayLike<number>
  readonly slack: ArrayLike<number>
  /** `[lanes]`. */
  readonly scale: ArrayLike<number>
  /** `[n, lanes]`: the values that the claim is about. */
  readonly at: ArrayLike<number>
}

export const compileClaims = (subject: Subject): Compiled => {
  const engine = openReference()
  let claims: readonly Claim[] = []
  const program = engine.compileSync(
    ({
      params,
      x,
      context,
      lane,
    }: {
      readonly params: never
      readonly x: Example
      readonly context: Example
      readonly lane: Example
    }) => {
      const key = random.foldIn(random.key(0), lane)
      claims = subject.claims(params, x, { ...(subject.context && { context }), key })
      const passing = subject.passing?.() ?? []
      const [size, values] = [sizeOfAll(passing), flattened(passing)]
      return claims.map(({ left, right, slack, scale, at }) => ({
        left,
        right,
        slack,
        scale: add(scale, size),
        at: concat([at, values]),
      }))
    },
    {
      params: mapDeclared(subject.parameters, ({ parameter: { shape } }) => input(shape)) as never,
      x: example(subject.domain.shape),
      context: (subject.context ? example(subject.context) : []) as Example,
      lane: example([], 'int'),
    },
  )
  return { program, declared: subject.parameters, claims, read: (x) => engine.readSync(x).data }
}

/**
 * How a program is run: exactly, as a float32 machine would, or off at random by what a number format may do: in the
 * point and the parameters only, or in the result of every operation.
 */
export type Arithmetic =
  | 'exact'
  | 'float32'
  | { readonly off: 'inputs' | 'operations'; readonly seed: number; readonly precision: Precision }

const roundingOf = (arithmetic: Arithmetic): Rounding | undefined => {
  if (arithmetic === 'exact') return undefined
  if (arithmetic === 'float32') return toFloat32
  return arithmetic.off === 'operations' ? perturbed(arithmetic.seed, arithmetic.precision) : undefined
}

export const runClaims = (
  { program, declared, read }: Compiled,
  params: unknown,
  { x, context, lane }: Points,
  arithmetic: Arithmetic,
): readonly Sides[] => {
  const rounding = roundingOf(arithmetic)
  const moved = inputsOf(arithmetic, declared)
  const results = program.runSync(
    { params: moved.params(params), x: moved.array(x), context: context ? moved.array(context) : [], lane } as never,
    rounding ? { rounding } : {},
  )
  return (results as unknown as readonly Readonly<Record<keyof Sides, Resident>>[]).map(
    ({ left, right, slack, scale, at }) => ({
      left: read(left),
      right: read(right),
      slack: read(slack),
      scale: read(scale),
      at: read(at),
    }),
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
    data: Float64Array.from(x.data, (v) => v * (1 + EPSILON[arithmetic.precision] * (2 * noise.uniform() - 1))),
  })
  return {
    array,
    params: (params) => {
      const leaves = flattenDeclared<HostArray>(declared, params)
      return mapDeclared(declared, (_, i) => array(leaves[i]!))
    },
  }
}
