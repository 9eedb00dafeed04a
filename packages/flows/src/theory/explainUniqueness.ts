import type { Estimate } from './estimate.ts'
import type { Extent, Uniqueness, UniquenessFinding } from './uniqueness.ts'
import { explainTheorem } from './whyUnique.ts'

/** What two flows share, and what was to be expected of them, as lines for people. */
export const explainUniqueness = (u: Uniqueness): readonly string[] => [
  `densities ${verdict(u.density.agree)}: at most ${short(u.density.largest)} nats apart over ${u.rows} rows (row ${u.density.row})`,
  meanLine(u.meanLogDet),
  `determinants ${verdict(u.determinant.agree)} from row to row: ${range(u.determinant.first)} against ${range(u.determinant.second)}`,
  expectation(u),
  ...u.findings.map((finding) => `CONTRADICTION: ${explainFinding(finding)}`),
]

const expectation = ({ theorem, density, determinant }: Uniqueness): string => {
  if (!density.agree) return 'not both flows are exact for one distribution, so nothing follows for their determinants'
  if (theorem)
    return `expected: equal determinants at every point, since ${explainTheorem(theorem)}${determinant.agree ? '; they are' : ''}`
  return determinant.agree
    ? 'no theorem asks these determinants to agree; that they do says more than was to be expected'
    : 'no theorem asks these determinants to agree; that they differ contradicts nothing'
}

const explainFinding = (f: UniquenessFinding): string => {
  switch (f._tag) {
    case 'WrongLogDet':
      return `the ${f.flow} flow states log|det J| = ${short(f.stated)} in row ${f.row}, where its Jacobian has ${short(f.found)}; mend the layer that says so (its law is "determinant").`
    case 'OtherDensity':
      return `log-densities ${short(f.first)} and ${short(f.second)} in row ${f.row}: at least one of the flows is not exact.`
    case 'OtherMeanLogDet':
      return `one density, but the mean log-determinants differ by ${withError(f.difference)} instead of ${short(f.expected)}: the rows are not drawn from that density, or a log-determinant is wrong.`
    case 'OtherDeterminant':
      return `log-determinants ${short(f.first)} and ${short(f.second)} in row ${f.row}, though ${explainTheorem(f.theorem)}: a log-determinant is wrong, or the maps are not exact.`
  }
}

const meanLine = ({ first, second, difference, expected, agree }: Uniqueness['meanLogDet']): string => {
  const means = `${withError(first)} and ${withError(second)}, ${withError(difference)} apart`
  if (agree === undefined) return `mean log-determinants: ${means}; the entropies of the bases are not known`
  return `mean log-determinants ${verdict(agree)}: ${means}, expected ${short(expected!)}`
}

const verdict = (agree: boolean): string => (agree ? 'agree' : 'differ')
const short = (x: number): string => String(Number(x.toPrecision(4)))
const withError = ({ value, standardError }: Estimate): string => `${short(value)} ± ${short(standardError)}`
const range = ({ least, most }: Extent): string =>
  most - least <= 1e-9 * most ? short(least) : `${short(least)} to ${short(most)}`
