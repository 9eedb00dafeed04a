import type * as E from 'fp-ts/lib/Either.js'
import { type DataError, explain } from '../src/index.ts'

/** The value, or a failed test with the explanation. */
export const rightOf = <A>(outcome: E.Either<DataError, A>): A => {
  if (outcome._tag === 'Left') throw new Error(`expected a value, got: ${explain(outcome.left)}`)
  return outcome.right
}

export const leftOf = <A>(outcome: E.Either<DataError, A>): DataError => {
  if (outcome._tag === 'Right') throw new Error('expected an error, got a value')
  return outcome.left
}
