import { expect, test } from 'vitest'
import type { Distribution } from '../../src/distribution.ts'
import { diagonalNormal } from '../../src/distributions/diagonalNormal.ts'
import { logistic } from '../../src/distributions/logistic.ts'
import { mixture } from '../../src/distributions/mixture.ts'
import { multivariateNormal } from '../../src/distributions/multivariateNormal.ts'
import { studentT } from '../../src/distributions/studentT.ts'
import { describeGolden } from '../golden.ts'
import { logProbs, paramsOf } from './densities.ts'

interface Case {
  readonly x: readonly (number | readonly number[])[]
  readonly logProb: readonly number[]
  readonly [name: string]: unknown
}
const numbers = (c: Case, name: string): number[] => [c[name]].flat(3) as number[]

/** Relative, and absolute where |logProb| < 1: the stored values are correctly rounded. */
const agree = (d: Distribution, values: Readonly<Record<string, readonly number[]>>, c: Case, digits = 13): void => {
  const own = logProbs(d, paramsOf(d, values), c.x.flat() as number[])
  c.logProb.forEach((expected, i) =>
    expect(Math.abs(own[i]! - expected), `x = ${c.x[i]}`).toBeLessThan(10 ** -digits * Math.max(1, Math.abs(expected))),
  )
}
const lowerOf = (matrix: readonly (readonly number[])[]) => ({
  logDiagonal: matrix.map((row, i) => Math.log(row[i]!)),
  below: matrix.flatMap((row, i) => row.slice(0, i)),
})
/** L of a covariance, entry by entry. */
const choleskyOf = (a: readonly (readonly number[])[]): number[][] => {
  const l = a.map((row) => row.map(() => 0))
  a.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const rest = row[j]! - l[i]!.slice(0, j).reduce((sum, x, k) => sum + x * l[j]![k]!, 0)
      l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!
    }
  })
  return l
}

describeGolden<{ readonly cases: Readonly<Record<string, readonly Case[]>> }>('base-densities.json', ({ cases }) => {
  test('log-densities of normals are those of independent closed forms', () => {
    for (const c of cases.normal!)
      agree(diagonalNormal(1), { mean: numbers(c, 'loc'), logDeviation: numbers(c, 'scale').map(Math.log) }, c)
  })

  test('log-densities of logistics are, too', () => {
    for (const c of cases.logistic!)
      agree(logistic(1), { location: numbers(c, 'loc'), logScale: numbers(c, 'scale').map(Math.log) }, c)
  })

  test('log-densities of Student t are, out to 10,000 scales', () => {
    for (const c of cases.studentT!)
      agree(
        studentT(1),
        {
          location: numbers(c, 'loc'),
          logScale: numbers(c, 'scale').map(Math.log),
          logDegrees: numbers(c, 'df').map(Math.log),
        },
        c,
      )
  })

  test('a Student t with one degree of freedom is a Cauchy', () => {
    for (const c of cases.cauchy!)
      agree(
        studentT(1),
        { location: numbers(c, 'loc'), logScale: numbers(c, 'scale').map(Math.log), logDegrees: [0] },
        c,
      )
  })

  test('a multivariate normal agrees with another library', () => {
    for (const c of cases.mvn!) {
      const { logDiagonal, below } = lowerOf(c.choleskyLower as number[][])
      agree(multivariateNormal(logDiagonal.length), { mean: numbers(c, 'mean'), logDiagonal, below }, c)
    }
  })

  test('mixtures of normals, diagonal and full, agree with another library', () => {
    for (const c of cases.gmmDiagonal!) {
      const [means, stds] = [c.means as number[][], c.stds as number[][]]
      const d = mixture(means.map((mean) => diagonalNormal(mean.length)))
      const parts = means.flatMap((mean, k) => [
        [`components.${k}.mean`, mean] as const,
        [`components.${k}.logDeviation`, stds[k]!.map(Math.log)] as const,
      ])
      agree(d as Distribution, { logits: numbers(c, 'logits'), ...Object.fromEntries(parts) }, c)
    }
    for (const c of cases.gmmFull!) {
      const [means, covariances] = [c.means as number[][], c.covariances as number[][][]]
      const d = mixture(means.map((mean) => multivariateNormal(mean.length)))
      const parts = means.flatMap((mean, k) => {
        const { logDiagonal, below } = lowerOf(choleskyOf(covariances[k]!))
        return [
          [`components.${k}.mean`, mean] as const,
          [`components.${k}.logDiagonal`, logDiagonal] as const,
          [`components.${k}.below`, below] as const,
        ]
      })
      agree(d as Distribution, { logits: numbers(c, 'logits'), ...Object.fromEntries(parts) }, c)
    }
  })
})
