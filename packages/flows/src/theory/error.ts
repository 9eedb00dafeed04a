/** Why data have no ceiling, or no fitted Gaussian. Facts only; `explainTheory` words them. */
export type TheoryError =
  | { readonly _tag: 'TooFewRows'; readonly rows: number; readonly columns: number }
  | { readonly _tag: 'NotFinite'; readonly row: number; readonly column: string; readonly value: number }
  | { readonly _tag: 'ConstantColumn'; readonly column: string; readonly value: number }
  /** The columns that take part in an exact linear relation, each relation's in its own list. */
  | { readonly _tag: 'Collinear'; readonly columns: readonly string[] }
  | { readonly _tag: 'OtherColumns'; readonly expected: readonly string[]; readonly found: readonly string[] }
  | { readonly _tag: 'OneClass'; readonly rows: number; readonly positives: number }
  | { readonly _tag: 'TooFewPositions'; readonly channels: number; readonly positions: number }
  | {
      readonly _tag: 'NotFiniteChannel'
      readonly point: number
      readonly channel: number
      readonly position: number
      readonly value: number
    }
  /** The channels that take part in an exact linear relation within one data point. */
  | { readonly _tag: 'CollinearChannels'; readonly point: number; readonly channels: readonly number[] }
  /** `rank`: of the true Jacobian of the map, which has `dimensions` rows. */
  | { readonly _tag: 'NotALikelihood'; readonly dimensions: number; readonly rank: number }

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

/** One sentence: what was expected, what came, where, what to do. */
export const explainTheory = (e: TheoryError): string => {
  switch (e._tag) {
    case 'TooFewRows':
      return `Expected more rows than columns, found ${e.rows} rows and ${e.columns} columns, so the covariance is singular and the likelihood has no upper bound; add rows or leave columns out.`
    case 'NotFinite':
      return `Expected finite numbers, found ${e.value} in row ${e.row}, column "${e.column}"; mend or remove that row.`
    case 'ConstantColumn':
      return `Column "${e.column}" has the value ${e.value} in every row, so it has no density; leave it out.`
    case 'Collinear':
      return `The columns ${quoted(e.columns)} are linearly dependent, so the likelihood has no upper bound; leave one of them out.`
    case 'OtherColumns':
      return `Expected the columns the Gaussian was fitted to, ${quoted(e.expected)}, found ${quoted(e.found)}.`
    case 'OneClass':
      return `Expected rows of both classes to rank, found ${e.positives} positives in ${e.rows} rows.`
    case 'TooFewPositions':
      return `Expected as many positions as channels at least, found ${e.positions} and ${e.channels}: the auto-correlation of one data point is singular, so its likelihood is +∞ for a suitable W; mix fewer channels, or share one W over many rows (theory.linearCeiling).`
    case 'NotFiniteChannel':
      return `Expected finite numbers, found ${e.value} in data point ${e.point}, channel ${e.channel}, position ${e.position}; mend or remove that data point.`
    case 'CollinearChannels':
      return `The channels ${e.channels.join(', ')} of data point ${e.point} are linearly dependent, so its likelihood is +∞ for a suitable W; leave one of them out, or add noise (dequantise).`
    case 'NotALikelihood':
      return `W computed from the X that it multiplies is no flow: its true Jacobian has rank ${e.rank} of ${e.dimensions}, so log|det W| is not its log-determinant; compute W from other variables (a coupling), or train one W for all.`
  }
}
