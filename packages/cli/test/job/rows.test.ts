import { type Table, table } from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { outsideBox } from '../../src/job/box.ts'
import { prepare } from '../../src/job/prepare.ts'
import { sought } from '../../src/job/sought.ts'

/** Two columns that no rule connects, with classes `a` and `b` and a part for each row. */
const survey = (rows: number, classOf: (i: number) => string): Table =>
  table({
    columns: ['x', 'y'],
    data: Float64Array.from({ length: 2 * rows }, (_, k) => Math.sin(k * k + 1)),
    labels: {
      class: Array.from({ length: rows }, (_, i) => classOf(i)),
      part: Array.from({ length: rows }, (_, i) => (i % 4 === 3 ? 'test' : i % 4 === 2 ? 'val' : 'train')),
    },
  })
const modulus = { split: { kind: 'modulus' } } as const
const right = <A>(e: E.Either<unknown, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}

describe('what is sought', () => {
  const t = survey(40, (i) => (i % 7 === 3 ? 'b' : 'a'))

  test('without classes nothing is', () => {
    expect(sought(t, t, {})).toBeUndefined()
  })

  test('with a label it is the rarest class', () => {
    const { found } = sought(t, t, { label: 'class' })!
    expect(found?.what).toBe('class=b')
    expect(found?.positive).toEqual(t.labels.class!.map((c) => c === 'b'))
  })

  test('with a condition it is what the condition leaves out, by its class where it has one', () => {
    const found = (value: string, equal: boolean, from = t) =>
      sought(from, from, { trainWhere: { column: 'class', equal, value } })!.found!
    expect(found('a', true).what).toBe('class=b')
    expect(found('b', false)).toEqual(found('a', true))
    const three = survey(40, (i) => 'abc'[i % 3]!)
    expect(found('a', true, three).what).toBe('class!=a')
    expect(found('a', true, three).positive).toEqual(three.labels.class!.map((c) => c !== 'a'))
  })

  test('classes that are numbers compare as numbers', () => {
    const numbers = survey(40, (i) => (i % 7 === 3 ? '1.0' : '0'))
    expect(sought(numbers, numbers, { trainWhere: { column: 'class', equal: false, value: '1' } })!.found!.what).toBe(
      'class=1.0',
    )
  })

  test('where the test rows hold one class only, a warning says so', () => {
    const one = survey(40, () => 'a')
    expect(sought(t, one, { label: 'class' })).toEqual({
      found: undefined,
      warning: expect.stringContaining('no test row is of the class that is sought (class=b)'),
    })
  })
})

describe('the rows of a fit', () => {
  const t = survey(80, (i) => (i % 7 === 3 ? 'b' : 'a'))

  test('a condition holds for the fitted and the judged rows, the search sees all test rows', () => {
    const rows = right(prepare(t, { ...modulus, trainWhere: { column: 'class', equal: true, value: 'a' } }))
    for (const part of [rows.train, rows.validation, rows.test])
      expect(new Set(part.labels.class)).toEqual(new Set(['a']))
    expect(rows.sought!.rows.rows).toBe(8)
    expect(rows.train.rows + rows.validation.rows + rows.test.rows).toBe(
      t.labels.class!.filter((c) => c === 'a').length,
    )
  })

  test('a column may say which row goes where', () => {
    const rows = right(prepare(t, { split: { kind: 'column', column: 'part' } }))
    expect([rows.train.rows, rows.validation.rows, rows.test.rows]).toEqual([40, 20, 20])
  })

  test('a random split depends on its own seed only', () => {
    const origins = (seed: number) => Array.from(right(prepare(t, { split: { kind: 'random', seed } })).test.origin)
    expect(origins(0)).toEqual(origins(0))
    expect(origins(0)).not.toEqual(origins(1))
  })

  test('what holds of all rows but not of the training rows is found too', () => {
    const constant: Table = {
      ...t,
      data: t.data.map((x, k) => (k % 2 === 1 && ![8, 9].includes(((k - 1) / 2) % 10) ? 5 : x)),
    }
    expect(prepare(constant, modulus)).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'Unfit', part: 'training', findings: [{ _tag: 'Constant', column: 'y', value: 5 }] },
    })
  })
})

describe('rows outside a spline’s box', () => {
  test('are counted once each, and the farthest cell is named by its place in the file', () => {
    const data = Float64Array.from({ length: 200 }, (_, k) => Math.sin(k))
    data[2 * 30 + 1] = 100
    data[2 * 50] = 60
    data[2 * 50 + 1] = 90
    const t = table({ columns: ['x', 'y'], data })
    expect(outsideBox(t, 5)).toMatchObject({ rows: 2, column: 'x', row: 50 })
    expect(outsideBox(t, 12)).toBeUndefined()
  })
})
