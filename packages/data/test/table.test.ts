import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column, filterRows, label, selectColumns, type Table, table, takeRows } from '../src/index.ts'

const small: fc.Arbitrary<Table> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }))
  .chain(([width, rows]) =>
    fc.array(fc.double(), { minLength: width * rows, maxLength: width * rows }).map((numbers) =>
      table({
        columns: Array.from({ length: width }, (_, j) => `c${j}`),
        data: Float64Array.from(numbers),
        labels: { kind: Array.from({ length: rows }, (_, i) => (i % 3 ? 'odd' : 'third')) },
      }),
    ),
  )

describe('tables', () => {
  test('selecting columns keeps each column as it was', () => {
    fc.assert(
      fc.property(
        small.chain((t) => fc.tuple(fc.constant(t), fc.shuffledSubarray([...t.columns]))),
        ([t, names]) => {
          const chosen = selectColumns(names)(t)
          expect(chosen.columns).toEqual(names)
          expect(chosen.rows).toBe(t.rows)
          for (const name of names) expect(column(name)(chosen)).toEqual(column(name)(t))
        },
      ),
    )
  })

  test('taking rows twice takes the rows of the rows, and origin always names the first table', () => {
    const places = (rows: number) => fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        small.chain((t) => places(t.rows).chain((a) => fc.tuple(fc.constant(t), fc.constant(a), places(a.length)))),
        ([t, a, b]) => {
          const twice = takeRows(b)(takeRows(a)(t))
          expect(twice).toEqual(takeRows(b.map((i) => a[i]!))(t))
          expect([...twice.origin]).toEqual(b.map((i) => a[i]))
          twice.origin.forEach((from, i) => {
            expect(column(0)(twice)[i]).toBe(column(0)(t)[from])
            expect(label('kind')(twice)[i]).toBe(label('kind')(t)[from])
          })
        },
      ),
    )
  })

  test('a filter and its opposite share the rows out', () => {
    fc.assert(
      fc.property(small, fc.double({ noNaN: true }), (t, limit) => {
        const low = filterRows((row) => row.values[0]! < limit)(t)
        const rest = filterRows((row) => !(row.values[0]! < limit))(t)
        expect([...low.origin, ...rest.origin].sort((a, b) => a - b)).toEqual([...t.origin])
        expect([...column(0)(low)].every((x) => x < limit)).toBe(true)
      }),
    )
  })

  test('a filter sees labels', () => {
    const t = table({ columns: ['x'], data: Float64Array.of(1, 2, 3), labels: { k: ['a', 'b', 'a'] } })
    expect([...filterRows((row) => row.label('k') === 'a')(t).data]).toEqual([1, 3])
  })

  test('a mistake throws with both sides named', () => {
    const t = table({ columns: ['x', 'y'], data: Float64Array.of(1, 2), source: 'stars.csv' })
    expect(() => column('z')(t)).toThrow('stars.csv has no numeric column "z"; its columns are x, y')
    expect(() => label('toString')(t)).toThrow('no text column "toString"')
    expect(() => takeRows([1])(t)).toThrow('rows 0 to 0, so no row 1')
    expect(() => selectColumns(['x', 'x'])(t)).toThrow('named twice')
    expect(() => table({ columns: ['x', 'y'], data: Float64Array.of(1, 2, 3) })).toThrow('3 numbers do not fill')
    expect(() => table({ columns: ['x'], data: Float64Array.of(1), labels: { k: [] } })).toThrow('has 0 entries')
  })
})
