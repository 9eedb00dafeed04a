import { add, constant, sub } from '@diffeo/autodiff'
import { describe, expect, test } from 'vitest'
import {
  affine,
  andThen,
  type BijectorKind,
  builtInKinds,
  define,
  explainFlowError,
  identity,
  invert,
  type Json,
  pipe,
  real,
  rebuild,
} from '../src/index.ts'
import { left, right } from './either.ts'

/** A user's own: moves every coordinate by a number that its options hold. */
const moveBy = (by: number) => {
  const none: Record<string, never> = {}
  return define({
    spec: { kind: 'moveBy', options: { by }, parts: [] },
    domain: real(2),
    codomain: real(2),
    parameters: none,
    forward: (_, x) => ({ value: add(x, by), logDet: constant(0) }),
    inverse: (_, z) => ({ value: sub(z, by), logDet: constant(0) }),
  })
}
const moveByKind: BijectorKind = {
  kind: 'moveBy',
  build: (options) => moveBy((options as { readonly by: number }).by) as never,
}

const why = (spec: unknown): string => explainFlowError(left(rebuild(spec as Json)))

describe('a spec', () => {
  test('of a chain gives its layers back, inverted ones too, and the empty chain its domain', () => {
    const flow = pipe(affine(2), andThen(invert(affine(2))), andThen(affine(2)))
    const again = right(rebuild(JSON.parse(JSON.stringify(flow.spec))))
    expect([again.spec, again.parameters, again.domain, again.codomain]).toEqual([
      flow.spec,
      flow.parameters,
      flow.domain,
      flow.codomain,
    ])
    expect(right(rebuild(identity(real([2, 3])).spec)).domain).toEqual(real([2, 3]))
  })

  test('of a user’s kind needs that kind, and says so', () => {
    const flow = pipe(affine(2), andThen(moveBy(3)))
    expect(why(flow.spec)).toMatch(
      /^the model → chain\[1\]: no bijector of kind "moveBy" is known \(known: .*affine, .*\)\. Pass its kind along when loading\.$/,
    )
    const kinds = { ...builtInKinds, bijectors: [...builtInKinds.bijectors, moveByKind] }
    expect(right(rebuild(flow.spec, kinds)).spec).toEqual(flow.spec)
  })

  test.each([
    ['nothing', undefined, 'the model: expected a bijector with kind, options and parts, got nothing.'],
    ['a number', 3, 'the model: expected a bijector with kind, options and parts, got 3.'],
    [
      'parts that do not meet',
      { kind: 'chain', options: null, parts: [affine(2).spec, affine(3).spec] },
      'the model → chain: expected options that fit its kind, got affine → affine: affine gives points of shape [2]',
    ],
    [
      'options of another kind',
      { kind: 'permute', options: null, parts: [] },
      'the model → permute: expected options that fit its kind, got ',
    ],
    [
      'no part to invert',
      { kind: 'invert', options: null, parts: [] },
      'the model → invert: expected options that fit its kind, got ',
    ],
    [
      'a function that does not exist',
      {
        kind: 'scalar',
        options: {
          name: 'f',
          expression: [
            ['argument', 0],
            ['besselJ', 0],
          ],
          shape: [],
          domain: 'real',
          parameters: {},
          context: false,
        },
        parts: [],
      },
      'there is no scalar function "besselJ"',
    ],
    [
      'a step before its operand',
      {
        kind: 'scalar',
        options: {
          name: 'f',
          expression: [
            ['exp', 1],
            ['argument', 0],
          ],
          shape: [],
          domain: 'real',
          parameters: {},
          context: false,
        },
        parts: [],
      },
      'step exp refers to step 1, which is not before it',
    ],
  ])('with %s is refused in one sentence', (_, spec, sentence) => {
    expect(why(spec)).toContain(sentence)
  })
})
