import { evaluate } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandOf, bandsOf, hiddenDegrees, maskOf, meanFanIn, upTo } from '../../src/conditioners/masks.ts'

const anyDegrees = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 })
  .map((degrees) => degrees.sort((a, b) => a - b))
const anyLayer = fc.record({ rows: anyDegrees, columns: anyDegrees })

test('bands cover every row once, and leave out only columns that none of their rows sees', () => {
  fc.assert(
    fc.property(anyLayer, fc.integer({ min: 1, max: 5 }), (layer, count) => {
      const bands = bandsOf(layer, count)
      expect(bands.length).toBeLessThanOrEqual(count)
      expect(bands.flatMap(({ start, stop }) => Array.from({ length: stop - start }, (_, i) => start + i))).toEqual(
        layer.rows.map((_, i) => i),
      )
      for (const { start, stop, width } of bands)
        for (let row = start; row < stop; row++)
          for (let column = width; column < layer.columns.length; column++)
            expect(layer.columns[column]!).toBeGreaterThan(layer.rows[row]!)
    }),
  )
})

test('the rows of one degree all see the same columns, those of its band', () => {
  fc.assert(
    fc.property(anyLayer, fc.integer({ min: 0, max: 6 }), (layer, degree) => {
      const { start, stop, width } = bandOf(layer, degree)
      expect(layer.rows.slice(start, stop)).toEqual(layer.rows.filter((row) => row === degree))
      expect(layer.columns.slice(0, width)).toEqual(layer.columns.filter((column) => column <= degree))
    }),
  )
})

test('a mask is 1 where the row sees the column', () => {
  fc.assert(
    fc.property(anyLayer, (layer) => {
      const { rows, columns } = layer
      const mask = Array.from(evaluate(maskOf(layer, 0, rows.length, columns.length)).data)
      expect(mask).toEqual(rows.flatMap((row) => columns.map((column) => Number(column <= row))))
      expect(meanFanIn(layer)).toBeCloseTo(mask.reduce((sum, x) => sum + x, 0) / rows.length, 12)
    }),
    { numRuns: 30 },
  )
})

test('hidden units take every degree about equally often, degree 0 only where there is a context', () => {
  expect(hiddenDegrees(7, 3, false)).toEqual([1, 1, 1, 2, 2, 3, 3])
  expect(hiddenDegrees(5, 1, true)).toEqual([0, 0, 0, 1, 1])
  expect(hiddenDegrees(2, 0, true)).toEqual([0, 0])
  expect(upTo([0, 1, 1, 3], 2)).toBe(3)
})
