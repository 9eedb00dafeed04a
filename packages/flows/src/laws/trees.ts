import fc from 'fast-check'
import type { Bijector, WithLogDet } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import type { About } from './claim.ts'
import type { Case } from './judge.ts'
import { cases, type Law, type LawOptions } from './law.ts'
import { simplerTrees } from './simplerTrees.ts'
import { showTree, TREE_CONTEXT, type Tree, type TreeKind, type Watch } from './tree.ts'
import { kindsOfTree } from './treeKinds.ts'

export interface TreeOptions {
  /** Most coordinates of a point, 4 when left out. */
  readonly size?: number
  /** How deep combinators are nested, 2 when left out. */
  readonly depth?: number
  /** More leaves, by name: maps of real `[size]` onto itself, to be judged inside compositions. */
  readonly leaves?: Readonly<Record<string, (size: number) => Bijector>>
}

/** Random trees of all combinators over all single maps, whose supports always meet. A tree shrinks to fewer layers. */
export const trees = (options: TreeOptions = {}): fc.Arbitrary<Tree> => {
  const { size: largest = 4, depth = 2 } = options
  return new Shrinking(fc.integer({ min: 1, max: largest }).chain((size) => rooted(size, depth, options)))
}

/** Trees as another arbitrary draws them, which shrink by what a tree is; fast-check asks for a class here. */
class Shrinking extends fc.Arbitrary<Tree> {
  readonly #source: fc.Arbitrary<Tree>
  constructor(source: fc.Arbitrary<Tree>) {
    super()
    this.#source = source
  }
  override generate(random: fc.Random, bias: number | undefined): fc.Value<Tree> {
    return new fc.Value(this.#source.generate(random, bias).value, undefined)
  }
  override canShrinkWithoutContext(value: unknown): value is Tree {
    return typeof value === 'object' && value !== null && 'parts' in value
  }
  override shrink(tree: Tree): fc.Stream<fc.Value<Tree>> {
    return fc.stream(simplerTrees(tree).values()).map((simpler) => new fc.Value(simpler, undefined))
  }
}

/** The bijector that a tree describes. */
export const growTree = (tree: Tree, options: TreeOptions = {}): Bijector => grown(tree, options, (b) => b)

const grown = (tree: Tree, options: TreeOptions, watch: Watch): Bijector => {
  const own = options.leaves?.[tree.kind]
  if (own) return watch(own(tree.size))
  const kind = kindsOfTree.find(({ name }) => name === tree.kind)
  if (!kind) throw new Error(`trees: no kind of tree is called ${tree.kind}.`)
  const parts = tree.parts.map((part) => grown(part, options, watch))
  return kind.grow(tree, parts, watch)
}

/**
 * A tree, and whatever one part of it passes on to the next: where that saturates or overflows in the middle, as
 * it may in any composition, nothing can be asked of the end.
 */
const watched = (tree: Tree, options: TreeOptions): { readonly bijector: Bijector; readonly passing: About[] } => {
  const passing: About[] = []
  const seen = (domain: Domain, result: WithLogDet): WithLogDet => {
    passing.push({ value: result.value, domain })
    return result
  }
  const bijector = grown(tree, options, (b) => ({
    ...b,
    forward: (params, x, given) => seen(b.codomain, b.forward(params, x, given)),
    inverse: (params, z, given) => seen(b.domain, b.inverse(params, z, given)),
  }))
  return { bijector, passing }
}

/**
 * The property that a law holds for random trees, each with one generated set of parameters: composition keeps what its
 * parts have. It fails with the smallest tree found.
 * @example
 * fc.assert(onTrees(undoes, { leaves: { mine: (size) => myLayer(size) } }))
 */
export const onTrees = (
  law: (b: Bijector, options: LawOptions) => Law,
  options: TreeOptions & Pick<LawOptions, 'engines'> = {},
): fc.IProperty<[Tree, Case]> =>
  fc.property(trees(options), cases(), (tree, at) => {
    const { bijector, passing } = watched(tree, options)
    const { engines } = options
    const judged = law(bijector, { context: TREE_CONTEXT, passing: () => passing, ...(engines && { engines }) })
    const outcome = judged.run([at])
    if (outcome === null) return
    fc.pre(!fc.PreconditionFailure.isFailure(outcome))
    throw new Error(`${showTree(tree)}: ${(outcome as { readonly error: Error }).error.message}`)
  })

const rooted = (size: number, depth: number, options: TreeOptions): fc.Arbitrary<Tree> => {
  const inner = within(size, depth, options)
  return fc.oneof(
    { arbitrary: inner, weight: 3 },
    ...kindsOfTree.flatMap((kind) =>
      kind.role === 'root' && kind.fits(size)
        ? [{ arbitrary: treeOf(kind.name, size, fc.tuple(inner)), weight: 1 }]
        : [],
    ),
  )
}

const within = (size: number, depth: number, options: TreeOptions): fc.Arbitrary<Tree> => {
  const leaves = [
    ...kindsOfTree.filter((kind) => kind.role === 'leaf' && kind.fits(size)).map(({ name }) => name),
    ...Object.keys(options.leaves ?? {}),
  ]
  const leaf = fc.constantFrom(...leaves).chain((name) => treeOf(name, size, fc.constant([])))
  if (depth === 0) return leaf
  const branches = kindsOfTree.flatMap((kind) =>
    kind.role === 'branch' && kind.fits(size)
      ? [{ arbitrary: treeOf(kind.name, size, partsOf(kind, size, depth - 1, options)), weight: kind.weight ?? 1 }]
      : [],
  )
  return fc.oneof({ arbitrary: leaf, weight: 2 }, ...branches)
}

const partsOf = (kind: TreeKind, size: number, depth: number, options: TreeOptions): fc.Arbitrary<readonly Tree[]> => {
  const sizes = kind.sizes!(size)
  return sizes === 'list'
    ? fc.array(within(size, depth, options), { minLength: 1, maxLength: 3 })
    : fc.constantFrom(...sizes).chain((chosen) => fc.tuple(...chosen.map((n) => within(n, depth, options))))
}

const treeOf = (kind: string, size: number, parts: fc.Arbitrary<readonly Tree[]>): fc.Arbitrary<Tree> =>
  fc.record({ kind: fc.constant(kind), size: fc.constant(size), seed: fc.nat({ max: 11 }), parts })
