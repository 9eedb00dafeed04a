import { expect, test } from 'vitest'
import { lines } from '../../src/progress/lines.ts'
import { describe, describeShortly } from '../../src/progress/moment.ts'

const moment = (step: number, epoch: number) => ({
  step,
  steps: 100,
  epoch,
  epochs: 10,
  validation: epoch === 0 ? undefined : -epoch,
  best: epoch === 0 ? undefined : -1,
})

test('the first epoch is told at once, then one every five seconds, and the last', () => {
  const written: string[] = []
  let now = 0
  const shown = lines({ write: (text) => written.push(text) }, 'fit', () => now)
  for (let step = 0; step <= 95; step++) {
    now = step * 200
    shown.show(moment(step, Math.floor(step / 10)))
  }
  shown.stop()
  expect(written).toEqual([
    'fit: epoch 1/10, validation -1.000 (best -1.000), 2 s\n',
    'fit: epoch 3/10, validation -3.000 (best -1.000), 7 s\n',
    'fit: epoch 6/10, validation -6.000 (best -1.000), 12 s\n',
    'fit: epoch 8/10, validation -8.000 (best -1.000), 17 s\n',
    'fit: epoch 9/10, validation -9.000 (best -1.000), 19 s\n',
  ])
})

test('a fit that ends before its first epoch says nothing', () => {
  const written: string[] = []
  const shown = lines({ write: (text) => written.push(text) }, 'fit', () => 0)
  shown.show(moment(3, 0))
  shown.stop()
  expect(written).toEqual([])
})

test('the best is held against what linear flows and the exact density reach, in words and, beside a bar, in signs', () => {
  const now = { ...moment(30, 3), best: 1.24, linear: 0.895, exact: 1.252 }
  expect(describe(now)).toBe('epoch 3/10, validation -3.000 (best 1.240, 0.345 above linear, 0.012 below exact)')
  expect(describeShortly(now)).toBe('epoch 3/10, -3.000 (best 1.240, linear +0.345, exact -0.012)')
  expect(describe({ ...now, linear: 2 })).toContain('0.760 below linear')
  expect(describe({ ...moment(3, 0), linear: 2 })).toBe('epoch 0/10')
})
