import {
  type DataError,
  modulusTen,
  type Split,
  splitAtRandom,
  splitByColumn,
  splitByModulus,
  type Table,
} from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'

/** How rows are put into training, validation and test. */
export type SplitChoice =
  | { readonly kind: 'random'; readonly seed: number }
  | { readonly kind: 'modulus' }
  | { readonly kind: 'column'; readonly column: string }

/** Shares of a random split. */
const SHARES = { validation: 0.1, test: 0.1 }

export const splitRows = (choice: SplitChoice): ((t: Table) => E.Either<DataError, Split>) => {
  switch (choice.kind) {
    case 'random':
      return (t) => E.right(splitAtRandom({ seed: choice.seed, ...SHARES })(t))
    case 'modulus':
      return (t) => E.right(splitByModulus(modulusTen)(t))
    case 'column':
      return splitByColumn(choice.column)
  }
}

export const showSplit = (choice: SplitChoice): string => {
  switch (choice.kind) {
    case 'random':
      return choice.seed === 0 ? 'random' : `random:${choice.seed}`
    case 'modulus':
      return 'modulus'
    case 'column':
      return `column:${choice.column}`
  }
}
