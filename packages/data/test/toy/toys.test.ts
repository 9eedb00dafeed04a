import { beforeAll, describe, expect, test } from 'vitest'
import { pinwheel, swissRoll, type Toy, toys, twoSpirals } from '../../src/index.ts'
import { cellOf, integrate } from './midpoint.ts'

/** Monte Carlo means of -log p over 60,000 or 100,000 points with their standard errors, by another implementation. */
const measured: Readonly<Record<string, readonly [number, number]>> = {
  'eight gaussians': [2.829, 0.003],
  moons: [2.392, 0.002],
  circles: [3.267, 0.002],
  rings: [2.631, 0.003],
  'swiss roll': [2.667, 0.002],
  'two spirals': [2.648, 0.003],
  pinwheel: [2.32, 0.004],
  'four circles': [2.871, 0.002],
  diamond: [2.388, 0.003],
}

/** E[-log p] over the variables the pinwheel is made of, in which nothing is narrow: one arm stands for all. */
const pinwheelEntropy = (): number => {
  const step = 0.2
  const n = Math.ceil(8.5 / step)
  let sum = 0
  for (let i = -n; i <= n; i++)
    for (let j = -n; j <= n; j++) {
      const [u, v] = [i * step, j * step]
      const [a, b] = [1 + 0.3 * u, 0.1 * v]
      const [cos, sin] = [Math.cos(0.25 * Math.exp(a)), Math.sin(0.25 * Math.exp(a))]
      const log = pinwheel.logDensity([2 * (a * cos + b * sin), 2 * (b * cos - a * sin)])
      sum -= ((step * step * Math.exp(-0.5 * (u * u + v * v))) / (2 * Math.PI)) * log
    }
  return sum
}

/** A standard normal number that exceeds 4 once in 30,000 times, from χ² (Wilson and Hilferty 1931). */
const chiSquareScore = (chiSquare: number, freedom: number): number => {
  const spread = 2 / (9 * freedom)
  return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread)
}

/** Pearson's χ² of counts against probabilities, cells expecting fewer than 10 counted together. */
const compare = (counts: Float64Array, cells: Float64Array, rows: number) => {
  let [chiSquare, freedom] = [0, -1]
  let [restCount, restExpected] = [rows, rows]
  counts.forEach((count, k) => {
    const expected = rows * cells[k]!
    if (expected < 10) return
    chiSquare += (count - expected) ** 2 / expected
    freedom++
    restCount -= count
    restExpected -= expected
  })
  if (restExpected < 10) return { chiSquare, freedom }
  return { chiSquare: chiSquare + (restCount - restExpected) ** 2 / restExpected, freedom: freedom + 1 }
}

/** Toys whose density takes long: fewer samples, and fewer cells to count them in. */
const slow: ReadonlyMap<Toy, number> = new Map([
  [swissRoll, 30_000],
  [twoSpirals, 4000],
  [pinwheel, 10_000],
])

describe.each(toys.map((toy) => ({ name: toy.name, toy })))('$name', ({ name, toy }) => {
  const side = slow.has(toy) ? 24 : 48
  let exact: ReturnType<typeof integrate>
  beforeAll(() => {
    exact = integrate(toy, 0.5, side)
  }, 60_000)

  test('integrates to 1', () => {
    // The pinwheel's fold lines, where the density is infinite, cost the midpoint rule digits.
    expect(Math.abs(exact.mass - 1)).toBeLessThan(toy === pinwheel ? 2e-5 : 1e-11)
  })

  test('has the entropy that quadrature of -p log p gives', () => {
    if (toy === pinwheel) expect(Math.abs(pinwheelEntropy() - toy.entropy)).toBeLessThan(2e-9)
    else expect(Math.abs(exact.entropy - toy.entropy)).toBeLessThan(4e-7)
  })

  test.runIf(Object.hasOwn(measured, name))('has the entropy measured elsewhere, within 4 standard errors', () => {
    const [mean, error] = measured[name]!
    expect(Math.abs(toy.entropy - mean)).toBeLessThan(4 * error)
  })

  test('has samples whose mean -log p is the entropy, and which fill cells as the density says', () => {
    const rows = slow.get(toy) ?? 100_000
    const { data } = toy.sample(11, rows)
    const counts = new Float64Array(side * side)
    let [sum, squares] = [0, 0]
    for (let i = 0; i < rows; i++) {
      const surprise = -toy.logDensity(data.subarray(2 * i, 2 * i + 2))
      sum += surprise
      squares += surprise * surprise
      const cell = cellOf(toy, side, data[2 * i]!, data[2 * i + 1]!)
      if (cell >= 0) counts[cell]!++
    }
    const mean = sum / rows
    const error = Math.sqrt(Math.max(squares / rows - mean * mean, 0) / rows)
    expect(Math.abs(mean - toy.entropy)).toBeLessThan(4 * error + 1e-12)
    const { chiSquare, freedom } = compare(counts, exact.cells, rows)
    expect(freedom).toBeGreaterThan(20)
    expect(chiSquareScore(chiSquare, freedom)).toBeLessThan(4)
  })

  test('gives the same points for the same seed, the first of them for fewer rows, others for another seed', () => {
    const { columns, data } = toy.sample(5, 40)
    expect(columns).toEqual(['x', 'y'])
    expect(toy.sample(5, 40).data).toEqual(data)
    expect(toy.sample(5, 10).data).toEqual(data.slice(0, 20))
    expect(toy.sample(6, 40).data).not.toEqual(data)
  })

  test('has a finite log-density on its own samples and falls off far away', () => {
    const { data } = toy.sample(8, 100)
    for (let i = 0; i < 100; i++) expect(toy.logDensity(data.subarray(2 * i, 2 * i + 2))).toBeGreaterThan(-40)
    expect(toy.logDensity([1e3, -1e3])).toBeLessThan(-1e4)
    expect(toy.logDensity([1e3, -1e3])).not.toBeNaN()
  })
})

test('the names of the toys are all different', () => {
  expect(new Set(toys.map(({ name }) => name)).size).toBe(toys.length)
})
