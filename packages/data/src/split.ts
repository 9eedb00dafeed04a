import * as E from 'fp-ts/lib/Either.js'
import { draws } from './draws.ts'
import type { DataError } from './error.ts'
import { label, type Table, takeRows } from './table.ts'

/** Three parts that share no row; each keeps the order of the file, and `origin` says which rows it holds. */
export interface Split {
  readonly train: Table
  readonly validation: Table
  readonly test: Table
}

type Part = keyof Split

/** The split that puts each row (by its place in the table) where `partOf` says. */
const splitBy =
  (partOf: (row: number) => Part) =>
  (t: Table): Split => {
    const places: Record<Part, number[]> = { train: [], validation: [], test: [] }
    for (let i = 0; i < t.rows; i++) places[partOf(i)].push(i)
    return {
      train: takeRows(places.train)(t),
      validation: takeRows(places.validation)(t),
      test: takeRows(places.test)(t),
    }
  }

/** Shares of the rows, each in [0, 1), together below 1; the rest trains. */
export interface RandomSplit {
  readonly seed: number
  readonly validation: number
  readonly test: number
}

/**
 * Rows at random, the same ones for the same seed and number of rows. A share above 0 gets at least one row, and
 * training too, where there are three rows or more. Throws on shares that leave nothing to train on.
 *
 * @example
 * splitAtRandom({ seed: 0, validation: 0.1, test: 0.1 })(survey)
 */
export const splitAtRandom = ({ seed, validation, test }: RandomSplit) => {
  if (!(validation >= 0 && test >= 0 && validation + test < 1))
    throw new RangeError(
      `splitAtRandom: shares are at least 0 and together below 1, got validation ${validation} and test ${test}`,
    )
  const source = draws(seed)
  return (t: Table): Split => {
    const size = (share: number): number => {
      const exact = Math.round(share * t.rows)
      return share > 0 && t.rows >= 3 ? Math.min(Math.max(exact, 1), t.rows - 2) : exact
    }
    const tests = size(test)
    const validations = Math.min(size(validation), Math.max(t.rows - tests - 1, 0))
    // Fisher and Yates, from the end.
    const order = Uint32Array.from({ length: t.rows }, (_, i) => i)
    for (let i = t.rows - 1; i > 0; i--) {
      const j = source.below(i + 1, i, 0)
      const kept = order[i]!
      order[i] = order[j]!
      order[j] = kept
    }
    const rank = new Uint32Array(t.rows)
    order.forEach((row, place) => {
      rank[row] = place
    })
    return splitBy((row) => (rank[row]! < tests ? 'test' : rank[row]! < tests + validations ? 'validation' : 'train'))(
      t,
    )
  }
}

/** Remainders that go to validation and test; all other rows train. */
export interface ModulusSplit {
  readonly modulus: number
  readonly validation: number
  readonly test: number
}

/** The usual protocol on HTRU2: row i validates if i mod 10 is 8, tests if it is 9. */
export const modulusTen: ModulusSplit = { modulus: 10, validation: 8, test: 9 }

/**
 * By the remainder of a row's place in the table first read (`origin`), so filtering first does not move a row to
 * another part.
 *
 * @example
 * splitByModulus(modulusTen)(survey).test.rows // => 1789
 */
export const splitByModulus = ({ modulus, validation, test }: ModulusSplit) => {
  const remainder = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < modulus
  if (!(Number.isInteger(modulus) && modulus >= 3 && remainder(validation) && remainder(test) && validation !== test))
    throw new RangeError(
      `splitByModulus: two different remainders of a modulus of 3 or more, got ${validation} and ${test} of ${modulus}`,
    )
  return (t: Table): Split =>
    splitBy((row) => {
      const rest = t.origin[row]! % modulus
      return rest === test ? 'test' : rest === validation ? 'validation' : 'train'
    })(t)
}

const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
}

/**
 * By a text column that says `train`, `validation` (or `val`, `valid`) or `test` for each row, in any case. Another
 * word is an error that names its row. Throws where there is no such column.
 */
export const splitByColumn =
  (name: string) =>
  (t: Table): E.Either<DataError, Split> => {
    const parts = label(name)(t).map((word) => {
      const known = word.toLowerCase()
      return Object.hasOwn(PARTS, known) ? PARTS[known] : undefined
    })
    const unknown = parts.indexOf(undefined)
    if (unknown < 0) return E.right(splitBy((row) => parts[row]!)(t))
    return E.left({
      _tag: 'UnknownPart',
      source: t.source,
      column: name,
      row: t.origin[unknown]!,
      found: label(name)(t)[unknown]!,
      expected: ['train', 'validation', 'test'],
    })
  }
