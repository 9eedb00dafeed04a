import { DiffeoMistake } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Json, Spec } from './bijector.ts'
import { builtInKinds } from './catalogue.ts'
import type { Distribution } from './distribution.ts'
import { builtInDistributions } from './distributions/catalogue.ts'
import { type DistributionKind, optionIn } from './distributions/kinds.ts'
import type { FlowError } from './error.ts'
import { FLOW_KIND, type Flow, over } from './flow.ts'
import { isSpec, type Kinds } from './kinds.ts'
import { rebuild } from './rebuild.ts'

/** All that a flow may be made of. */
export interface FlowKinds extends Kinds {
  readonly distributions: readonly DistributionKind[]
}

/** Every kind that comes with the library, distributions too. */
export const builtInFlowKinds: FlowKinds = { ...builtInKinds, distributions: builtInDistributions }

/**
 * The flow that a spec describes, its parameters apart. A user's own kinds are passed along:
 * `rebuildFlow(spec, { ...builtInFlowKinds, distributions: [...builtInFlowKinds.distributions, mine] })`.
 */
export const rebuildFlow = (spec: Json | Spec, kinds: FlowKinds = builtInFlowKinds): E.Either<FlowError, Flow> =>
  pipe(
    rebuildDistribution(spec as Json, kinds, 'the model'),
    E.flatMap((found) => (isFlow(found) ? E.right(found) : badSpec('the model', 'a flow', found.spec.kind))),
  )

/** The distribution that a spec describes, which may be a flow. */
export const rebuildDistribution = (
  spec: Json | undefined,
  kinds: FlowKinds,
  path: string,
): E.Either<FlowError, Distribution> => {
  if (!isSpec(spec)) return badSpec(path, 'a distribution with kind, options and parts', JSON.stringify(spec))
  const at = `${path} → ${spec.kind}`
  const parts: Distribution[] = []
  for (const [i, part] of spec.parts.entries()) {
    const built = rebuildDistribution(part as unknown as Json, kinds, `${at}[${i}]`)
    if (E.isLeft(built)) return built
    parts.push(built.right)
  }
  if (spec.kind === FLOW_KIND) {
    const [base] = parts
    if (!base || parts.length > 1) return badSpec(at, 'one base', `${parts.length}`)
    return pipe(
      rebuild(optionIn(spec.options, 'bijector') ?? null, kinds),
      E.flatMap((bijector) => orBadSpec(at, () => over(base)(bijector) as Flow)),
    )
  }
  const entry = kinds.distributions.find(({ kind }) => kind === spec.kind)
  if (!entry) {
    const known = [FLOW_KIND, ...kinds.distributions.map(({ kind }) => kind)]
    return E.left({ _tag: 'UnknownKind', of: 'distribution', kind: spec.kind, path, known })
  }
  return orBadSpec(at, () => entry.build(spec.options, parts))
}

const isFlow = (found: Distribution): found is Flow => found.spec.kind === FLOW_KIND

const badSpec = (path: string, expected: string, got = 'nothing'): E.Either<FlowError, never> =>
  E.left({ _tag: 'BadSpec', path, expected, got })

/** What a constructor throws on options it cannot take is a fault of the spec here, not of the program. */
const orBadSpec = <T>(path: string, build: () => T): E.Either<FlowError, T> => {
  try {
    return E.right(build())
  } catch (thrown) {
    if (thrown instanceof DiffeoMistake || thrown instanceof TypeError)
      return badSpec(path, 'options that fit its kind', thrown.message)
    throw thrown
  }
}
