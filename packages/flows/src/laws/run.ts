import {
  add,
  concat,
  EPSILON,
  type Example,
  example,
  type HostArray,
  input,
  nodeOf,
  type Precision,
  random,
  topologicalOrder,
} from '@diffeo/autodiff'
import { type Declared, flattenDeclared, mapDeclared } from '../parameters.ts'
import { type Claim, flattened, sizeOfAll } from './claim.ts'
import { type Arithmetic, compile } from './compiled.ts'
import type { Subject } from './judge.ts'
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
const SIDES = ['left', 'right', 'slack', 'scale', 'at'] as const

/** A subject's claims made ready; `claims` has what is left of them once their sides are numbers. */
export interface CompiledClaims {
  readonly claims: readonly Pick<Claim, 'kind' | 'what' | 'domain'>[]
  /** Whether an example's sides may depend on other examples, so that it can not be judged without them. */
  readonly meet: boolean
  /** In some arithmetic, or exactly with the point and the parameters off at random by their last place. */
  run(params: unknown, points: Points, arithmetic: Arithmetic | MovedInputs): readonly Sides[]
}
export interface MovedInputs {
  readonly off: 'inputs'
  readonly seed: number
  readonly precision: Precision
}

export const compileClaims = (subject: Subject): CompiledClaims => {
  const { parameters, domain } = subject
  const signature = {
    params: mapDeclared(parameters, ({ parameter: { shape } }) => input(shape)),
    x: example(domain.shape),
    context: subject.context ? example(subject.context) : [],
    lane: example([], 'int'),
  }
  const claims = claimsOf(subject, signature)
  const results = claims.flatMap((claim) => SIDES.map((side) => claim[side]))
  const compiled = compile(results, signature)
  return {
    claims,
    meet: topologicalOrder(results.map(nodeOf)).some((x) => !x.varies && x.inputs.some(({ varies }) => varies)),
    run: (params, points, arithmetic) => {
      const inputs = { params, ...points, context: points.context ?? [] }
      const arrays =
        typeof arithmetic === 'object' && 'off' in arithmetic && arithmetic.off === 'inputs'
          ? compiled(moved(inputs, parameters, arithmetic), 'exact')
          : compiled(inputs, arithmetic)
      return claims.map((_, c) => {
        const side = (name: keyof Sides): ArrayLike<number> => arrays[c * SIDES.length + SIDES.indexOf(name)]!.data
        return { left: side('left'), right: side('right'), slack: side('slack'), scale: side('scale'), at: side('at') }
      })
    },
  }
}

const claimsOf = (
  subject: Subject,
  {
    params,
    x,
    context,
    lane,
  }: Readonly<Record<'x' | 'lane', Example>> & { readonly params: unknown; readonly context: unknown },
): readonly Claim[] => {
  const key = random.foldIn(random.key(0), lane)
  const claims = subject.claims(params, x, { ...(subject.context && { context: context as Example }), key })
  const passing = subject.passing?.() ?? []
  const [size, values] = [sizeOfAll(passing), flattened(passing)]
  return claims.map((claim) => ({ ...claim, scale: add(claim.scale, size), at: concat([claim.at, values]) }))
}

interface Inputs extends Omit<Points, 'context'> {
  readonly params: unknown
  readonly context: Points['x'] | readonly never[]
}

const moved = (inputs: Inputs, declared: Declared<unknown>, { seed, precision }: MovedInputs): Inputs => {
  const noise = noiseOf(seed, 4)
  const array = <A extends HostArray>(x: A): A => ({
    ...x,
    data: Float64Array.from(x.data, (v) => v * (1 + EPSILON[precision] * (2 * noise.uniform() - 1))),
  })
  const leaves = flattenDeclared<HostArray>(declared, inputs.params)
  return {
    ...inputs,
    params: mapDeclared(declared, (_, i) => array(leaves[i]!)),
    x: array(inputs.x),
    context: 'data' in inputs.context ? array(inputs.context) : [],
  }
}
