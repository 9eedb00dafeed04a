import type { Engine } from '@diffeo/autodiff'
import {
  type Arrays,
  type FittedGaussian,
  type Flow,
  logDensities,
  type Ranking,
  ranking,
  type TheoryError,
} from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import type { Sought } from './sought.ts'

/** How well a low density finds what is sought: by the flow, and by the Gaussian of the same training rows. */
export interface Search {
  readonly flow: Ranking
  readonly gaussian: Ranking
}

/** Ranks test rows by low density. */
export const search = async (
  flow: Flow,
  params: Arrays,
  { rows, positive }: Sought,
  gaussian: FittedGaussian,
  engine: Engine,
): Promise<E.Either<CliError, Search>> => {
  const wrong = (error: TheoryError): CliError => ({ _tag: 'Theory', source: rows.source, part: 'test', error })
  // A row without a density is the strangest of all.
  const rank = (densities: Float64Array): E.Either<CliError, Ranking> =>
    E.mapLeft(wrong)(
      ranking(
        densities.map((x) => (Number.isNaN(x) ? Number.POSITIVE_INFINITY : -x)),
        positive,
      ),
    )
  const own = rank(await logDensities(flow, params, rows, { engine }))
  if (E.isLeft(own)) return own
  const others = E.mapLeft(wrong)(gaussian.logDensities(rows))
  if (E.isLeft(others)) return others
  return E.map((theirs: Ranking): Search => ({ flow: own.right, gaussian: theirs }))(rank(others.right))
}
