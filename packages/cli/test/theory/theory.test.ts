import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eightGaussians } from '@diffeo/data'
import { describe, expect, test } from 'vitest'
import type { TheoryReport } from '../../src/theory/report.ts'
import { call, cloud, csv, folder } from '../command.ts'

/** The columns of a cloud that hold numbers. */
const numbers = cloud(400).map(([x, y]) => [x!, y!])

const reported = async (...args: readonly string[]): Promise<TheoryReport> => {
  const { status, out, err } = await call(['theory', ...args, '--json'])
  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(out.trim().split('\n')).toHaveLength(1)
  return JSON.parse(out) as TheoryReport
}

/** -1/2 log det of the covariance of two columns, but for the constant, by the determinant of a 2 x 2 matrix. */
const byHand = (rows: readonly (readonly (string | number)[])[]) => {
  const points = rows.slice(1).map(([x, y]) => [Number(x), Number(y)] as const)
  const mean = (f: (p: readonly [number, number]) => number): number =>
    points.reduce((sum, p) => sum + f(p), 0) / points.length
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)]
  const [vx, vy] = [mean(([x]) => (x - mx) ** 2), mean(([, y]) => (y - my) ** 2)]
  const c = mean(([x, y]) => (x - mx) * (y - my))
  const base = -(1 + Math.log(2 * Math.PI))
  return {
    linear: base - 0.5 * Math.log(vx * vy - c * c),
    independent: base - 0.5 * Math.log(vx * vy),
    correlation: c / Math.sqrt(vx * vy),
  }
}

describe('diffeo theory', () => {
  test('prints the ceilings that the determinant of the covariance gives, and the curve up to them', async () => {
    const here = folder()
    const file = join(here, csv(here, numbers))
    const picture = join(here, 'deep/spectrum.svg')
    const report = await reported(file, '--out', picture)
    const { linear, independent, correlation } = byHand(numbers)
    expect(report.originalUnits.linear.value).toBeCloseTo(linear, 9)
    expect(report.originalUnits.independentGaussian.value).toBeCloseTo(independent, 9)
    expect(report.standardised.independentGaussian.standardError).toBe(0)
    const { eigenvalues, curve } = report.probabilisticPCA
    expect(eigenvalues).toEqual(
      [1 + Math.abs(correlation), 1 - Math.abs(correlation)].map((x) => expect.closeTo(x, 10)),
    )
    expect(curve.map(({ factors }) => factors)).toEqual([0, 1])
    expect(curve[1]!.logLikelihood.value).toBeCloseTo(report.standardised.linear.value, 10)
    expect(report).toMatchObject({ data: file, rows: 400, columns: ['x', 'y'], picture })
    expect(readdirSync(here).sort()).toEqual(['data.csv', 'deep'])
  })

  test('the picture is one SVG with a point for each eigenvalue and each number of factors', async () => {
    const here = folder()
    const out = join(here, 'a.svg')
    await reported(join(here, csv(here, numbers)), '--out', out)
    const svg = readFileSync(out, 'utf8')
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*>.*<\/svg>\n$/s)
    expect(svg.match(/<circle /g)).toHaveLength(4)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    for (const tag of ['svg', 'text', 'title'])
      expect(svg.match(new RegExp(`<${tag}[ >]`, 'g'))?.length).toBe(svg.match(new RegExp(`</${tag}>`, 'g'))?.length)
  })

  test('the least stretch of the inverse is that of the spectrum, and heavy tails are named on the page', async () => {
    const here = folder()
    const { correlation } = byHand(numbers)
    const { inverseStretch } = await reported(join(here, csv(here, numbers)), '--out', join(here, 'a.svg'))
    expect(inverseStretch.standardised.value).toBeCloseTo(Math.sqrt(1 + Math.abs(correlation)), 10)
    expect(inverseStretch.heavyTails).toEqual([])
    const heavy = Array.from({ length: 2000 }, (_, i) => [Math.tan(Math.PI * ((i + 0.5) / 2000 - 0.5)), i])
    const { out } = await call([
      'theory',
      join(here, csv(here, [['wild', 'tame'], ...heavy])),
      '--out',
      join(here, 'b.svg'),
    ])
    expect(out).toMatch(/no finite stretch reaches these tails.*"wild" lower.*"wild" upper/)
    expect(out).not.toMatch(/"tame"/)
  })

  test('one column has a spectrum of one, and names are kept from becoming marks', async () => {
    const here = folder()
    const out = join(here, 'one.svg')
    const file = join(here, csv(here, numbers, 'a<b&c.csv'))
    const report = await reported(file, '--columns', 'y', '--out', out)
    expect(report.probabilisticPCA.curve).toHaveLength(1)
    const svg = readFileSync(out, 'utf8')
    expect(svg).toContain('a&lt;b&amp;c.csv')
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  test('units of the columns change the curve of probabilistic PCA and not the ceilings', async () => {
    const here = folder()
    const file = join(here, csv(here, numbers))
    const [a, b] = [
      await reported(file, '--out', join(here, 'a.svg')),
      await reported(file, '--units', 'original', '--out', join(here, 'b.svg')),
    ]
    expect(b.originalUnits).toEqual(a.originalUnits)
    expect(b.probabilisticPCA.curve.at(-1)!.logLikelihood.value).toBeCloseTo(b.originalUnits.linear.value, 9)
    expect(b.probabilisticPCA.curve[0]!.gap).toBeGreaterThan(a.probabilisticPCA.curve[0]!.gap)
  })

  test('text for people has a line for each number of factors, thinned out where there are many', async () => {
    const here = folder()
    const wide = Array.from({ length: 121 }, (_, i) =>
      Array.from({ length: 60 }, (_, j) => (i === 0 ? `c${j}` : Math.sin(i * i * (j + 1) * 1.7 + j))),
    )
    const { status, out } = await call(['theory', join(here, csv(here, wide)), '--out', join(here, 'w.svg')])
    expect(status).toBe(0)
    const lines = out.split('\n').filter((line) => /^ {2}\d+ factors?/.test(line))
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.length).toBeLessThanOrEqual(16)
    expect(lines.at(-1)).toMatch(/^ {2}59 factors/)
    expect(out).toContain('of 60 lines; --json has them all')
  })

  test('a toy density says what its exact density reaches beside what linear flows do', async () => {
    const out = join(folder(), 'toy.svg')
    const report = await reported('toy:eight-gaussians:2000', '--out', out)
    const { entropy } = eightGaussians
    expect(report.exact!.originalUnits).toBe(-entropy)
    const units = report.standardised.independentGaussian.value - report.originalUnits.independentGaussian.value
    expect(report.exact!.standardised).toBeCloseTo(units - entropy, 12)
    expect(report.originalUnits.linear.value).toBeLessThan(-entropy)
    expect(report).toMatchObject({ rows: 2000, columns: ['x', 'y'] })
  })

  test.each([
    [['toy:moon'], /no such toy density; there are .*eight-gaussians, moons/],
    [['toy:moons', '--columns', 'x'], /has the columns x and y and no others/],
  ])('%j is a wrong call', async (args, line) => {
    const { status, err } = await call(['theory', ...args])
    expect(status).toBe(2)
    expect(err).toMatch(line)
  })

  test.each([
    [
      'dependent columns',
      numbers.map(([x, y], i) => [x!, y!, i === 0 ? 'z' : Number(x) - 2 * Number(y)]),
      /follows exactly/,
    ],
    ['a constant column', numbers.map(([x, y], i) => [x!, y!, i === 0 ? 'z' : 3]), /"z" is 3 in every row/],
    ['no more rows than columns', numbers.slice(0, 3), /rows/],
  ])('%s are refused in one line, and nothing is drawn', async (_, rows, line) => {
    const here = folder()
    const out = join(here, 'no.svg')
    const { status, err, out: said } = await call(['theory', join(here, csv(here, rows)), '--out', out])
    expect({ status, said }).toEqual({ status: 1, said: '' })
    expect(err).toMatch(/^diffeo theory: [^\n]*\n$/)
    expect(err).toMatch(line)
    expect(existsSync(out)).toBe(false)
  })
})
