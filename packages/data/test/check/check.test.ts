import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draws } from '../../src/draws.ts'
import { checkTable, explainFinding, htru2, type Table, table } from '../../src/index.ts'
import { rightOf } from '../either.ts'

const { normal } = draws(0)
/** A table of `rows`, each made from independent normal numbers. */
const drawn = (
  columns: readonly string[],
  rows: number,
  row: (z: (k: number) => number, i: number) => number[],
): Table =>
  table({
    columns,
    data: Float64Array.from(Array.from({ length: rows }, (_, i) => row((k) => normal(i, k), i)).flat()),
  })
const tags = (t: Table): string[] => checkTable(t).map((finding) => finding._tag)

describe('what is found', () => {
  test('HTRU2 passes without a finding', async () => {
    expect(checkTable(rightOf(await htru2()()))).toEqual([])
  })

  test('an exact linear combination is named with its weights, wherever the columns lie and however they are scaled', () => {
    const weight = fc
      .tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.constantFrom(-1, 1))
      .map(([w, sign]) => sign * w)
    const offset = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(weight, weight, offset, fc.constantFrom(1e-8, 1, 1e8), (a, b, shift, unit) => {
        const t = drawn(['p', 'q', 'r', 's'], 300, (z) => {
          const [p, q] = [unit * z(0), z(1) + shift / 1e3]
          return [p, q, z(2), a * p + b * q + shift]
        })
        const found = checkTable(t)
        expect(found.map(({ _tag }) => _tag)).toEqual(['Collinear'])
        const [first] = found
        if (first?._tag !== 'Collinear') throw new Error('expected Collinear')
        expect(first.column).toBe('s')
        const weightOf = (name: string): number => first.terms.find(({ column }) => column === name)?.weight ?? 0
        // p may be so small beside the rest that its share is below the rounding of s.
        if (unit >= 1) expect(weightOf('p') / a).toBeCloseTo(1, 6)
        if (unit <= 1) expect(weightOf('q') / b).toBeCloseTo(1, 6)
        expect(weightOf('r')).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  test('a combination blurred by more than rounding is none', () => {
    for (const blur of [1e-3, 1e-6, 1e-9, 1e-12])
      expect(tags(drawn(['a', 'b', 'c'], 3000, (z) => [z(0), z(1), z(0) - z(1) + blur * z(2)]))).toEqual([])
    expect(tags(drawn(['a', 'b', 'c'], 3000, (z) => [z(0), z(1), z(0) - z(1) + 1e-18 * z(2)]))).toEqual(['Collinear'])
  })

  test('an exact combination of columns that are themselves nearly alike is found, and they are not', () => {
    for (const apart of [1e-3, 1e-5, 1e-7])
      expect(
        tags(
          drawn(['a', 'b', 'c', 'd', 'e'], 2000, (z) => {
            const [b, c] = [z(0) + apart * z(1), z(0) + apart * z(2)]
            return [z(0), b, c, z(3), b - c + z(3)]
          }),
        ),
      ).toEqual(['Collinear'])
  })

  test('a combination that holds in all rows but one is none', () => {
    expect(tags(drawn(['a', 'b'], 20_000, (z, i) => [z(0), i === 12_345 ? z(1) : 3 * z(0)]))).toEqual([])
    expect(tags(drawn(['a', 'b'], 20_000, (z) => [z(0), 3 * z(0)]))).toEqual(['Collinear'])
  })

  test('independent columns are never called collinear, whatever their offsets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.double({ min: 0, max: 1e9, noNaN: true }), (width, offset) => {
        const names = Array.from({ length: width }, (_, j) => `c${j}`)
        expect(tags(drawn(names, 100, (z) => names.map((_, j) => z(j) + j * offset)))).toEqual([])
      }),
    )
  })

  test('a value in more than 1 % of the rows is a warning with its share; in 1 % it is none', () => {
    const zeros = (count: number) => drawn(['a', 'b'], 1000, (z, i) => [i < count ? 0 : z(0), z(1)])
    expect(tags(zeros(10))).toEqual([])
    expect(checkTable(zeros(11))).toEqual([
      { _tag: 'PointMass', severity: 'warning', column: 'a', rows: 1000, values: [{ value: 0, count: 11 }] },
    ])
    expect(explainFinding(checkTable(zeros(11))[0]!)).toContain('Column "a" is exactly 0 in 1.10 % of the rows')
  })

  test('two equal cells of a short table are no point mass', () => {
    expect(tags(drawn(['a'], 50, (z, i) => [i < 2 ? 0 : z(0)]))).toEqual([])
  })

  test('constants, non-finite cells, one row, too few rows and empty tables are errors', () => {
    const broken = drawn(['a', 'b'], 50, (z, i) => [0.1, i % 20 === 7 ? Number.NaN : z(0)])
    expect(checkTable(broken)).toEqual([
      { _tag: 'NonFinite', severity: 'error', column: 'b', row: 7, value: Number.NaN, count: 3 },
      { _tag: 'Constant', severity: 'error', column: 'a', value: 0.1 },
    ])
    expect(tags(drawn(['a', 'b'], 1, (z) => [z(0), z(1)]))).toEqual(['OneRow'])
    expect(tags(drawn(['a', 'b', 'c'], 3, (z) => [z(0), z(1), z(2)]))).toEqual(['FewRows'])
    expect(tags(table({ columns: ['a'], data: new Float64Array() }))).toEqual(['NoRows'])
    expect(tags(table({ columns: [], data: new Float64Array(), rows: 4 }))).toEqual(['NoColumns'])
    for (const finding of checkTable(broken)) expect(explainFinding(finding)).toMatch(/^Column "[ab]" is .*\.$/)
  })
})
