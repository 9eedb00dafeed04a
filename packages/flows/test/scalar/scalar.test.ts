import {
  add,
  atan,
  cast,
  constant,
  div,
  type Example,
  erf,
  evaluateAt,
  exp,
  fromRows,
  grad,
  greater,
  type HostArray,
  log,
  mul,
  neg,
  power,
  relu,
  sigmoid,
  sin,
  sinh,
  softplus,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
} from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  affine,
  type Bijector,
  parameter,
  positive,
  real,
  rebuild,
  scalar,
  showDomain,
  unitInterval,
} from '../../src/index.ts'
import { right } from '../either.ts'
import { inspect, relativeError } from '../inspect.ts'

type Formula = (x: Example) => Example

/** Functions of the reals onto the reals, well conditioned where the points are: any composition is one too. */
const steps: readonly (readonly [string, Formula])[] = [
  ['add', (x) => add(x, 0.7)],
  ['sub', (x) => sub(1.3, x)],
  ['mul', (x) => mul(-1.5, x)],
  ['div', (x) => div(x, 2)],
  ['neg', (x) => neg(x)],
  ['sinh of less', (x) => sinh(mul(0.4, x))],
  ['log of softplus', (x) => log(softplus(x))],
]
const formula = fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 4 }).map((parts) => ({
  toString: () => parts.map(([name]) => name).join(' then '),
  f: (x: Example) => parts.reduce((at, [, step]) => step(at), x),
}))
const points = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 })

const endings: readonly (readonly [string, Formula, string])[] = [
  ['exp', exp, 'positive'],
  ['softplus', softplus, 'positive'],
  ['sigmoid', sigmoid, 'unitInterval'],
  ['tanh', tanh, '(-1, 1)'],
  ['erf', erf, '(-1, 1)'],
  ['minus exp', (x) => neg(exp(x)), '(-∞, 0)'],
  ['exp + 2', (x) => add(exp(x), 2), '(2, ∞)'],
]

const untyped = (b: unknown): Bijector<never, never, unknown> => b as Bijector<never, never, unknown>

describe('a formula whose steps can be undone', () => {
  test('has an inverse that undoes it, and the log-derivative that autodiff finds', () => {
    fc.assert(
      fc.property(formula, points, ({ f }, rows) => {
        const b = scalar(f, 2)
        const seen = inspect(untyped(b), {}, rows)
        expect(b.cost.inverse).toBe('parallel')
        expect(relativeError(seen.back, rows)).toBeLessThan(1e-9)
        expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-9)
        expect(
          relativeError(
            seen.backLogDet,
            seen.logDet.map((v) => -v),
          ),
        ).toBeLessThan(1e-9)
      }),
      { numRuns: 40 },
    )
  })

  test.each(endings)('ending in %s maps onto its support', (_, f, support) => {
    const b = scalar((x) => f(add(mul(x, 0.5), 0.1)), 2)
    expect([b.domain.support, b.codomain.support]).toEqual(['real', support])
    const seen = inspect(untyped(b), {}, [0.3, -1.2, 1.9, -0.01])
    expect(relativeError(seen.back, [0.3, -1.2, 1.9, -0.01])).toBeLessThan(1e-9)
    expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-9)
  })

  test.each([
    ['log', (x: Example) => log(x), 'positive', 'real'],
    ['log(1 - x)', (x: Example) => log(sub(1, x)), '(-∞, 1)', 'real'],
    ['sqrt(3x + 6)', (x: Example) => sqrt(add(mul(3, x), 6)), '(-2, ∞)', 'positive'],
    ['x squared', (x: Example) => square(x), 'positive', 'positive'],
    ['1/x', (x: Example) => div(1, x), 'positive', 'positive'],
    ['x to the -1.5', (x: Example) => power(x, -1.5), 'positive', 'positive'],
    ['arc tangent', (x: Example) => atan(x), 'real', `(${-Math.PI / 2}, ${Math.PI / 2})`],
  ] as const)('%s is taken on the largest interval where it is one-to-one', (_, f, from, to) => {
    const b = scalar(f, [])
    expect([b.domain.support, b.codomain.support]).toEqual([from, to])
  })

  test('keeps its log-derivative finite far in the tails, where the slope itself is 0 in floating point', () => {
    const b = scalar((x) => tanh(mul(x, 3)), [])
    const { logDet } = inspect(untyped(b), {}, [400, -1e6])
    expect(logDet[0]).toBeCloseTo(Math.log(12) - 2400, 6)
    expect(logDet[1]).toBeCloseTo(Math.log(12) - 6e6, 3)
  })

  test('may hold parameters and the context: the inverse and the log-derivative follow them', () => {
    const b = scalar((x, { rate, bias }, context) => add(mul(x, exp(add(rate, context))), bias), {
      shape: 2,
      parameters: { rate: parameter(2, { kind: 'zeros' }), bias: parameter([], { kind: 'zeros' }) },
      context: true,
    })
    const params = {
      rate: { data: Float64Array.of(0.5, -1), shape: [2] },
      bias: { data: Float64Array.of(3), shape: [] },
    }
    const context = fromRows([0.1, 0.2, -0.3, 0.4], 2, [2])
    const rows = [0.3, -1.2, 5, 0.7]
    const seen = inspect(b as never, params as never, rows, context)
    expect(relativeError(seen.back, rows)).toBeLessThan(1e-14)
    expect(relativeError(seen.logDet, [0.5 - 1 + 0.3, 0.5 - 1 + 0.1])).toBeLessThan(1e-14)
    expect(seen.z[0]).toBeCloseTo(0.3 * Math.exp(0.6) + 3, 12)
    expect(() => b.forward({ rate: 0, bias: 0 } as never, fromRows([1, 2], 1, [2]) as never, {})).toThrow(
      'depends on the context, but none was given',
    )
  })
})

describe('a formula that the point enters more than once', () => {
  const monotone: readonly (readonly [string, Formula])[] = [
    ['x + tanh x', (x) => add(x, tanh(x))],
    ['2x + sin x', (x) => add(mul(2, x), sin(x))],
    ['-x - e^x', (x) => neg(add(x, exp(x)))],
    ['softplus(x) - softplus(-2x)', (x) => sub(softplus(x), softplus(neg(mul(2, x))))],
    ['x - x/2', (x) => sub(x, mul(0.5, x))],
  ]

  test.each(monotone)('%s: the search finds the point again, at any distance', (_, f) => {
    const b = scalar(f, 2)
    const rows = [0, 1e-9, -0.4, 0.7, 3, -12, 40, -300]
    const seen = inspect(untyped(b), {}, rows)
    expect(b.cost.inverse).toBe('iterative')
    expect(b.exactness).toBe('numerical')
    const again = inspect(untyped(b), {}, seen.back)
    expect(relativeError(again.z, seen.z)).toBeLessThan(1e-13)
    expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-12)
    expect(
      relativeError(
        seen.backLogDet,
        seen.logDet.map((v) => -v),
      ),
    ).toBeLessThan(1e-9)
  })

  test('the search works on a part of the reals too', () => {
    const b = scalar((x) => add(x, log(x)), { domain: positive(2) })
    expect(b.codomain.support).toBe('real')
    const rows = [1e-12, 0.3, 1, 1e5]
    expect(relativeError(inspect(untyped(b), {}, rows).back, rows)).toBeLessThan(1e-13)
    const c = scalar((x) => add(x, mul(x, x)), { domain: unitInterval(1) })
    expect(c.codomain.support).toBe('(0, 2)')
    expect(relativeError(inspect(untyped(c), {}, [0.2, 0.999]).back, [0.2, 0.999])).toBeLessThan(1e-13)
  })

  test('the derivatives of the inverse are those of the implicit function', () => {
    const f: Formula = (x) => add(x, tanh(x))
    const b = scalar((x, { by }) => add(f(x), by), { shape: [], parameters: { by: parameter([], { kind: 'zeros' }) } })
    const zs = [0.2, -1.4, 3.3]
    const found = evaluateAt(
      ({ z }) => {
        const at = (by: Example) => (v: Example) => b.inverse({ by } as never, v, {}).value
        const by = stopGradient(mul(z, 0))
        return {
          x: at(by)(z),
          first: grad(at(by))(z),
          second: grad((v: Example) => grad(at(by))(v))(z),
          byParameter: grad((p: Example) => at(p)(z))(by),
        }
      },
      { z: fromRows(zs, 3, []) },
    ) as unknown as Record<string, HostArray>
    zs.forEach((_, i) => {
      const x = found.x!.data[i]!
      const t = Math.tanh(x)
      const slope = 2 - t * t
      expect(found.first!.data[i]).toBeCloseTo(1 / slope, 12)
      expect(found.byParameter!.data[i]).toBeCloseTo(-1 / slope, 12)
      // x″ = -f″ / f′³ with f″ = -2 t (1 - t²).
      expect(found.second!.data[i]).toBeCloseTo((2 * t * (1 - t * t)) / slope ** 3, 11)
    })
  })
})

describe('a formula that cannot be a bijector is refused, saying which step and why', () => {
  const refused = (f: Formula, options: Parameters<typeof scalar>[1] = []): string => {
    try {
      scalar(f as never, options as never)
    } catch (thrown) {
      return (thrown as Error).message
    }
    return 'not refused'
  }

  test('where a function has no inverse', () => {
    expect(refused(sin)).toBe(
      'scalar: no inverse by algebra (sin has no inverse in its first operand), and none by a search (interval arithmetic cannot prove that the derivative keeps one sign).',
    )
    expect(refused(relu)).toContain('relu has no inverse')
  })

  test('where a factor may be 0', () => {
    expect(refused((x) => mul(x, 0))).toContain('mul may have slope 0: its second operand may be 0')
    expect(() => scalar((x, { by }) => mul(x, by), { parameters: { by: parameter([], { kind: 'ones' }) } })).toThrow(
      'take exp or softplus of it',
    )
  })

  test('where the codomain would move with a parameter', () => {
    expect(() =>
      scalar((x, { by }) => add(exp(x), by), { parameters: { by: parameter([], { kind: 'zeros' }) } }),
    ).toThrow('its domain or codomain moves with a parameter')
  })

  test('where a step is not element-wise, or the result is no tensor of one number', () => {
    expect(refused((x) => sum(add(x, constant([1, 2]))))).toContain('a constant of shape [2] enters the formula')
    expect(refused((x) => exp(cast(greater(x, 0), 'float')))).toContain('step cast is not element-wise')
    expect(refused(stopGradient as Formula)).toBe(
      'scalar: step stopGradient is not element-wise, so its inverse cannot be read off.',
    )
    expect(refused((() => 3) as never)).toContain('must return a tensor')
    expect(refused(() => fromRows([1], 1, []) as never)).toContain('must return a tensor')
  })

  test('where the domain asked for is too large', () => {
    expect(refused((x) => log(x), { domain: real(2) })).toBe(
      'scalar: one-to-one only on (0, Infinity), but the domain asked for is (-Infinity, Infinity).',
    )
  })

  test('where the point does not matter', () => {
    expect(refused((x) => sub(x, x))).toContain('cannot prove')
  })
})

describe('a formula is data', () => {
  test('and comes back from JSON without code: the same spec, domains and numbers', () => {
    fc.assert(
      fc.property(formula, points, ({ f }, rows) => {
        const b = scalar(f, 2)
        const again = right(rebuild(JSON.parse(JSON.stringify(b.spec))))
        expect(again.spec).toEqual(b.spec)
        expect([showDomain(again.domain), showDomain(again.codomain)]).toEqual([
          showDomain(b.domain),
          showDomain(b.codomain),
        ])
        expect(inspect(untyped(again), {}, rows)).toEqual(inspect(untyped(b), {}, rows))
      }),
      { numRuns: 15 },
    )
  })

  test('with its parameters, and constants that JSON has no number for', () => {
    const b = scalar((x, { by }) => add(mul(x, exp(by)), -0), {
      name: 'mine',
      shape: 3,
      parameters: { by: parameter(3, { kind: 'normal', scale: 0.1 }) },
    })
    const again = right(rebuild(JSON.parse(JSON.stringify(b.spec))))
    expect(again.spec).toEqual(b.spec)
    expect(again.parameters).toEqual(b.parameters)
    expect(JSON.stringify(b.spec)).toContain('"-0"')
  })

  test('an affine map is one: its log-scale is its log-derivative, without overflow', () => {
    const b = affine([])
    const at = (logScale: number) =>
      inspect(
        b as never,
        {
          logScale: { data: Float64Array.of(logScale), shape: [] },
          shift: { data: Float64Array.of(1), shape: [] },
        } as never,
        [0.5],
      )
    expect(at(-800).logDet[0]).toBe(-800)
    expect(at(0.5).z[0]).toBeCloseTo(0.5 * Math.exp(0.5) + 1, 14)
  })
})
