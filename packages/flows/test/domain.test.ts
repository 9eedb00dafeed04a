import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endsOf, intervalName } from '../src/domain.ts'
import { openInterval, positive, real, sameDomain, showDomain, unitInterval } from '../src/index.ts'

test('an interval is known by its ends: its name gives them back', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      fc.pre(a !== b)
      const ends = [Math.min(a, b) + 0, Math.max(a, b) + 0] as const
      expect(endsOf(intervalName(...ends))).toEqual(ends)
    }),
  )
})

test('the reals, the positive numbers and the unit interval go by their own names', () => {
  expect(openInterval(0, 1, 3)).toEqual(unitInterval(3))
  expect(intervalName(-Infinity, Infinity)).toBe('real')
  expect(intervalName(0, Infinity)).toBe('positive')
  expect(openInterval(-1, 1).support).toBe('(-1, 1)')
  expect(endsOf('simplex')).toBeUndefined()
  expect(() => openInterval(1, 1)).toThrow('openInterval: needs lower < upper, got 1 and 1.')
})

test('domains are the same where support, shape and parts are', () => {
  expect(sameDomain(real(2), real([2]))).toBe(true)
  expect(sameDomain(real(2), real(3))).toBe(false)
  expect(sameDomain(real(2), positive(2))).toBe(false)
  const product = { support: 'product', shape: [2], parts: [real(1), positive(1)] }
  expect(sameDomain(product, { ...product, parts: [real(1), positive(1)] })).toBe(true)
  expect(sameDomain(product, { ...product, parts: [positive(1), real(1)] })).toBe(false)
  expect(showDomain(product)).toBe('product(real [1], positive [1]) [2]')
})
