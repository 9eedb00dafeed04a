import { describe, expect, test } from 'vitest'
import { evaluateAt, exp, fromRows, lanes, log, mul, sub } from '../../src/index.ts'

const values = Float64Array.from({ length: 150 }, (_, i) => Math.sin(i))
const x = fromRows(values, 150, [])
const meanOf = (f: (v: number) => number): number => values.reduce((total, v) => total + f(v), 0) / 150

describe('a program', () => {
  test('keeps a computed value of every example for after a join', () => {
    const centred = evaluateAt(({ x }) => sub(exp(x), lanes.mean(exp(x))), { x })
    const mean = meanOf(Math.exp)
    values.forEach((v, i) => expect(centred.data[i]).toBeCloseTo(Math.exp(v) - mean, 12))
  })

  test('runs joins that need one another in a row', () => {
    // Variance of softmax weights over examples, then the share of each in it.
    const { variance, last } = evaluateAt(
      ({ x }) => {
        const weight = exp(sub(x, lanes.logSumExp(x)))
        const variance = lanes.variance(weight)
        return { variance, last: lanes.mean(log(mul(weight, variance))) }
      },
      { x },
    )
    const total = values.reduce((t, v) => t + Math.exp(v), 0)
    const weights = values.map((v) => Math.exp(v) / total)
    const expected = weights.reduce((t, w) => t + (w - 1 / 150) ** 2, 0) / 150
    expect(variance.data[0]! / expected).toBeCloseTo(1, 12)
    const logs = weights.reduce((t, w) => t + Math.log(w * expected), 0) / 150
    expect(last.data[0]).toBeCloseTo(logs, 12)
  })
})
