import { parseCsv } from '@diffeo/data'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aligned } from '../../src/text/columns.ts'
import { csvPieces } from '../../src/text/csv.ts'
import { count, counted, duration, fixed, nats, short } from '../../src/text/number.ts'

describe('numbers for people', () => {
  test('a number of nats has three digits, no sign at zero, and a word where there is none', () => {
    expect([nats(-1.23456), nats(-0.0001), nats(Number.NEGATIVE_INFINITY), nats(Number.NaN)]).toEqual([
      '-1.235',
      '0.000',
      '-∞',
      'NaN',
    ])
  })

  test('counts are grouped, and one is one', () => {
    expect([count(17898), counted(1, 'row'), counted(0, 'row'), counted(1789, 'row')]).toEqual([
      '17,898',
      '1 row',
      '0 rows',
      '1,789 rows',
    ])
  })

  test('durations are seconds, then minutes and seconds', () => {
    expect([0.04, 9.96, 10, 59.6, 60, 200].map(duration)).toEqual([
      '0.0 s',
      '10 s',
      '10 s',
      '1 min 00 s',
      '1 min 00 s',
      '3 min 20 s',
    ])
  })

  test('fixed and short round to their digits', () => {
    expect([fixed(0.95794, 4), fixed(-0.04, 1), short(4.123e-13, 2), short(12.3456)]).toEqual([
      '0.9579',
      '0.0',
      '4.1e-13',
      '12.3',
    ])
  })
})

test('columns are aligned, the first to the left, without spaces at the end', () => {
  expect(aligned([['name', 'x'], ['a', '-10.5'], ['long name']])).toEqual([
    'name           x',
    'a          -10.5',
    'long name',
  ])
})

test('what is written as CSV reads back as it was, names and numbers to the bit', () => {
  const name = fc
    .string({ minLength: 1 })
    .filter((s) => s.trim() === s && !/^[\uFEFF]|^[+-.\d]/.test(s) && !/[\r\n\0]/.test(s))
  const number = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 4 }).chain((names) =>
        fc.tuple(
          fc.constant(names),
          fc.array(fc.array(number, { minLength: names.length, maxLength: names.length }), {
            minLength: 1,
            maxLength: 5,
          }),
        ),
      ),
      ([names, rows]) => {
        const text = [...csvPieces(names, rows.length, (i) => rows[i]!)].join('')
        const table = parseCsv({ delimiter: ',', header: true })(text)
        expect(table).toMatchObject({ _tag: 'Right', right: { columns: names, rows: rows.length } })
        const back = Array.from((table as { right: { data: Float64Array } }).right.data)
        expect(back.every((x, i) => x === rows.flat()[i])).toBe(true)
      },
    ),
  )
})
