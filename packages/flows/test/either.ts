import * as E from 'fp-ts/lib/Either.js'

/** The value of a computation that must have succeeded. */
export const right = <L, R>(e: E.Either<L, R>): R => {
  if (E.isLeft(e)) throw new Error(`expected a value, got ${JSON.stringify(e.left)}`)
  return e.right
}

/** The error of a computation that must have failed. */
export const left = <L, R>(e: E.Either<L, R>): L => {
  if (E.isRight(e)) throw new Error('expected an error, got a value')
  return e.left
}
