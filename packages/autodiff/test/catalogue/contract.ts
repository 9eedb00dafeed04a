import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { at, indices, type Plain, tabulate, total } from '../plain.ts'
import { between, type Case, type Instance, length } from './case.ts'

const REAL = between(-3, 3)

/** Σ over the letters that are not in the result of the product of the tensors' elements. */
const meaningOf = (formula: string, ...tensors: readonly Plain[]): Plain => {
  const [left, out] = formula.split('->') as [string, string]
  const terms = left.split(',')
  const lengths = new Map(
    terms.flatMap((term, k) => [...term].map((letter, i) => [letter, tensors[k]!.shape[i]!] as const)),
  )
  const summed = [...lengths.keys()].filter((letter) => !out.includes(letter))
  const lengthsOf = (letters: readonly string[]): readonly number[] => letters.map((letter) => lengths.get(letter)!)
  return tabulate(lengthsOf([...out]), (...index) =>
    total(
      indices(lengthsOf(summed)).map((inner) => {
        const place = (letter: string): number =>
          out.includes(letter) ? index[out.indexOf(letter)]! : inner[summed.indexOf(letter)]!
        return tensors.reduce((product, x, k) => product * at(x, ...[...terms[k]!].map(place)), 1)
      }),
    ),
  )
}

const einsum = (name: string, formulas: readonly string[], lengths: fc.Arbitrary<number> = length): Case => ({
  name,
  instance: fc
    .tuple(fc.constantFrom(...formulas), fc.array(lengths, { minLength: 4, maxLength: 4 }), fc.boolean(), fc.boolean())
    .map(([formula, sizes, aVaries, bVaries]): Instance => {
      const terms = formula.split('->')[0]!.split(',')
      const shapeOf = (term: string): readonly number[] => [...term].map((letter) => sizes['ijkb'.indexOf(letter)]!)
      const a = { shape: shapeOf(terms[0]!), varies: aVaries, values: REAL }
      if (terms.length === 1)
        return {
          inputs: { a },
          note: formula,
          graph: ({ a }) => d.einsum(formula, a!),
          meaning: { each: ({ a }) => meaningOf(formula, a!) },
        }
      return {
        inputs: { a, b: { shape: shapeOf(terms[1]!), varies: bVaries, values: REAL } },
        note: formula,
        graph: ({ a, b }) => d.einsum(formula, a!, b!),
        meaning: { each: ({ a, b }) => meaningOf(formula, a!, b!) },
      }
    }),
})

/** Of a pair of ranks, the same product as a formula. */
const products = { '1 1': 'k,k->', '2 1': 'ik,k->i', '1 2': 'k,kj->j', '2 2': 'ik,kj->ij' } as const

export const contract: readonly Case[] = [
  einsum('einsum of one tensor', ['ij->ji', 'ij->i', 'ij->j', 'ij->', 'ijk->ki', 'i->i', '->']),
  einsum('einsum, matrices and vectors', [
    'ij,jk->ik',
    'ij,kj->ki',
    'ji,jk->ik',
    'ij,j->i',
    'i,ij->j',
    'i,i->',
    'ij,ij->',
    'ij,ji->',
  ]),
  einsum('einsum, outer products', ['i,j->ij', 'i,j->ji', ',i->i', ',->', 'ij,k->kij']),
  einsum('einsum, element by element', ['i,i->i', 'ij,ij->ij', 'ij,i->ij', 'ij,ji->ij']),
  einsum('einsum, batches', ['bij,bjk->bik', 'bi,bj->bij', 'bi,bi->b', 'bij,bj->ib', 'bij,jk->bik']),
  einsum('einsum, axes of one tensor alone', ['ij,k->i', 'ij,jk->', 'ijb,kj->i', 'ij,k->']),
  einsum('einsum, several axes summed', ['ijk,jk->i', 'ijk,kj->i', 'bij,ijk->bk', 'ijk,ijk->']),
  einsum('einsum, no terms', ['ij,jk->ik', 'ij,j->i', 'i,i->'], fc.constantFrom(0, 2)),
  einsum('einsum, many terms', ['ij,j->i', 'ij,jk->ik', 'i,j->ij'], fc.constantFrom(5, 9, 33)),
  {
    name: 'matmul',
    instance: fc
      .tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2), fc.tuple(length, length, length), fc.boolean(), fc.boolean())
      .map(([p, q, [i, k, j], aVaries, bVaries]) => ({
        inputs: {
          a: { shape: p === 1 ? [k] : [i, k], varies: aVaries, values: REAL },
          b: { shape: q === 1 ? [k] : [k, j], varies: bVaries, values: REAL },
        },
        graph: ({ a, b }) => d.matmul(a!, b!),
        meaning: { each: ({ a, b }) => meaningOf(products[`${p as 1 | 2} ${q as 1 | 2}`], a!, b!) },
      })),
  },
]
