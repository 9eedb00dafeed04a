import { mistake, showShape } from '../error.ts'
import { type Shape, sizeOf } from '../shape.ts'
import { sum } from './broadcast.ts'
import { contractKernel } from './contractKernel.ts'
import { add } from './elementwise.ts'
import { anyVaries, make, type Operation } from './operation.ts'
import { transpose } from './shaping.ts'
import { type Node, nodeOf, type Tensor } from './tensor.ts'

/**
 * A product of two tensors summed over the axes they share, written as in `einsum`: one letter an axis.
 * Every letter stands in at least two of `a`, `b` and `out`. With `overLanes` the sum runs over the examples too, and
 * the result is uniform.
 */
export interface ContractAttributes {
  readonly a: string
  readonly b: string
  readonly out: string
  readonly overLanes: boolean
}

export const contractOperation: Operation<ContractAttributes> = {
  name: 'contract',
  infer: ({ a, b, out, overLanes }, inputs) => {
    const lengths = axisLengths([a, b], inputs)
    if (inputs.some((x) => x.dtype !== 'float'))
      mistake(`contract: takes floats, got ${inputs.map((x) => x.dtype).join(' and ')}.`)
    return {
      shape: [...out].map((letter) => lengths.get(letter)!),
      dtype: 'float',
      varies: anyVaries(inputs) && !overLanes,
    }
  },
  reverse: ({ attributes: { a, b, out }, inputs: [x, y] }, [g], wanted) => {
    if (!g) return [null, null]
    return [
      wanted[0] ? contract({ a: out, b, out: a, overLanes: false }, g, y!) : null,
      wanted[1] ? contract({ a, b: out, out: b, overLanes: false }, x!, g) : null,
    ]
  },
  forward: ({ attributes, inputs: [x, y] }, [dx, dy]) => {
    const terms = [...(dx ? [contract(attributes, dx, y!)] : []), ...(dy ? [contract(attributes, x!, dy)] : [])]
    return [terms.length ? terms.reduce((p, q) => nodeOf(add(p, q))) : null]
  },
  kernel: contractKernel,
  rounding: {
    kind: 'accumulated',
    chain: ({ attributes, inputs }) => {
      const lengths = axisLengths([attributes.a, attributes.b], inputs)
      return (
        sizeOf(
          [...attributes.a].filter((letter) => !attributes.out.includes(letter)).map((letter) => lengths.get(letter)!),
        ) + 1
      )
    },
  },
  show: ({ a, b, out, overLanes }) => `${a},${b}->${out}${overLanes ? ' over lanes' : ''}`,
}

export const contract = (attributes: ContractAttributes, a: Node, b: Node): Node =>
  make(contractOperation, attributes, [a, b])

const axisLengths = (
  terms: readonly string[],
  inputs: readonly { readonly shape: Shape }[],
): ReadonlyMap<string, number> => {
  const lengths = new Map<string, number>()
  terms.forEach((term, i) => {
    const { shape } = inputs[i]!
    if (term.length !== shape.length)
      mistake(`einsum: '${term}' names ${term.length} axes of a tensor of shape ${showShape(shape)}.`)
    ;[...term].forEach((letter, axis) => {
      const known = lengths.get(letter)
      if (known !== undefined && known !== shape[axis])
        mistake(
          `einsum: axis '${letter}' is ${known} in one tensor and ${shape[axis]} in another (${inputs.map((x) => showShape(x.shape)).join(' and ')}).`,
        )
      lengths.set(letter, shape[axis]!)
    })
  })
  return lengths
}

/**
 * Sums of products by axis letters: `einsum('oi,i->o', w, x)` is w x. One or two tensors; a letter stands at most once
 * in each; letters left out of the result are summed.
 * @throws naming the letter and both lengths where they disagree
 */
export const einsum: {
  <A extends string = never>(formula: string, x: Tensor<A>): Tensor<A>
  <A extends string = never, B extends string = never>(formula: string, a: Tensor<A>, b: Tensor<B>): Tensor<A | B>
} = (formula: string, ...tensors: readonly Tensor<string>[]): Tensor<never> => {
  const [left, out] = formula.replaceAll(' ', '').split('->') as [string, string | undefined]
  const terms = left.split(',')
  if (out === undefined || terms.length !== tensors.length || tensors.length > 2)
    mistake(`einsum: '${formula}' needs the form 'ab,bc->ac' with one term for each of ${tensors.length} tensors.`)
  for (const term of [...terms, out!])
    if (new Set(term).size !== term.length) mistake(`einsum: a letter stands twice in '${term}' of '${formula}'.`)
  const lengths = axisLengths(terms, tensors)
  for (const letter of out!)
    if (!lengths.has(letter)) mistake(`einsum: '${letter}' of the result stands in no tensor ('${formula}').`)
  // An axis of one tensor alone is summed first: what is left is a product proper.
  const reduced = tensors.map((x, i) => dropUnused(x, terms[i]!, [out!, ...terms.filter((_, k) => k !== i)].join('')))
  if (reduced.length === 1)
    return nodeOf(
      transpose(
        reduced[0]!.x,
        [...out!].map((letter) => reduced[0]!.term.indexOf(letter)),
      ),
    )
  const [a, b] = reduced
  return contract({ a: a!.term, b: b!.term, out: out!, overLanes: false }, nodeOf(a!.x), nodeOf(b!.x))
}

const dropUnused = (
  x: Tensor<string>,
  term: string,
  elsewhere: string,
): { readonly x: Tensor<string>; readonly term: string } => {
  const axes = [...term].flatMap((letter, axis) => (elsewhere.includes(letter) ? [] : [axis]))
  return { x: axes.length ? sum(x, axes) : x, term: [...term].filter((letter) => elsewhere.includes(letter)).join('') }
}

/**
 * Matrix products over the last axes: `[m, k] · [k, n]`, `[m, k] · [k]`, `[k] · [k, n]`, `[k] · [k]`. Either may vary.
 * @throws when a length k differs, or a tensor has none or more than two axes
 */
export const matmul = <A extends string = never, B extends string = never>(
  a: Tensor<A>,
  b: Tensor<B>,
): Tensor<A | B> => {
  const left = ['', 'k', 'mk'][a.shape.length]
  const right = ['', 'k', 'kn'][b.shape.length]
  if (!left || !right)
    return mistake(`matmul: takes vectors and matrices, got ${showShape(a.shape)} and ${showShape(b.shape)}.`)
  return einsum(`${left},${right}->${left.replace('k', '')}${right.replace('k', '')}`, a, b)
}
