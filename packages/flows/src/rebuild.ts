import { DiffeoMistake } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import type { Bijector, Json, Spec } from './bijector.ts'
import { builtInKinds } from './catalogue.ts'
import type { FlowError } from './error.ts'
import { isSpec, type Kinds, type Rebuilding } from './kinds.ts'

/**
 * The bijector that a spec describes. A user's own kinds are passed along:
 * `rebuild(spec, { ...builtInKinds, bijectors: [...builtInKinds.bijectors, mine] })`.
 */
export const rebuild = (spec: Json | Spec, kinds: Kinds = builtInKinds): E.Either<FlowError, Bijector> => {
  try {
    return E.right(rebuilding(kinds, 'the model').bijector(spec as Json))
  } catch (thrown) {
    if (thrown instanceof Refusal) return E.left(thrown.error)
    throw thrown
  }
}

/** A refusal on its way out of the recursion; never leaves this file. */
class Refusal extends Error {
  readonly error: FlowError
  constructor(error: FlowError) {
    super(error._tag)
    this.error = error
  }
}

const refuse = (error: FlowError): never => {
  throw new Refusal(error)
}

const rebuilding = (kinds: Kinds, path: string): Rebuilding => {
  const find = <K extends { readonly kind: string }>(
    of: 'bijector' | 'transform' | 'conditioner',
    list: readonly K[],
    spec: Json | undefined,
  ): { readonly entry: K; readonly spec: Spec; readonly at: string } => {
    if (!isSpec(spec))
      return refuse({
        _tag: 'BadSpec',
        path,
        expected: `a ${of} with kind, options and parts`,
        got: JSON.stringify(spec) ?? 'nothing',
      })
    const entry = list.find(({ kind }) => kind === spec.kind)
    return entry
      ? { entry, spec, at: `${path} → ${spec.kind}` }
      : refuse({ _tag: 'UnknownKind', of, kind: spec.kind, path, known: list.map(({ kind }) => kind) })
  }
  /** What a constructor throws on options it cannot take is a fault of the spec here, not of the program. */
  const built = <T>(at: string, build: () => T): T => {
    try {
      return build()
    } catch (thrown) {
      if (thrown instanceof DiffeoMistake || thrown instanceof TypeError)
        return refuse({ _tag: 'BadSpec', path: at, expected: 'options that fit its kind', got: thrown.message })
      throw thrown
    }
  }
  return {
    bijector: (json) => {
      const { entry, spec, at } = find('bijector', kinds.bijectors, json)
      const inner = spec.parts.map((part, i) => rebuilding(kinds, `${at}[${i}]`).bijector(part as unknown as Json))
      return built(at, () => entry.build(spec.options, inner, rebuilding(kinds, at)))
    },
    transform: (json) => {
      const { entry, spec, at } = find('transform', kinds.transforms, json)
      return built(at, () => entry.build(spec.options, rebuilding(kinds, at)))
    },
    conditioner: (json) => {
      const { entry, spec, at } = find('conditioner', kinds.conditioners, json)
      return built(at, () => entry.build(spec.options, rebuilding(kinds, at)))
    },
  }
}
