import { type Engine, type HostArray, input, type Resident, type Tensor, type Tree } from '@diffeo/autodiff'

/** Parameters outside any engine: arrays in a tree of the declared structure. */
export type Arrays = Tree<HostArray>

/** The same tree inside one. */
export type Residents = Tree<Resident>

const isHandle = (x: unknown): x is { readonly shape: readonly number[] } =>
  typeof x === 'object' && x !== null && 'shape' in x && Array.isArray(x.shape)

/** Leaf by leaf; both kinds of array have a shape. */
export const mapArrays = <A, B>(tree: Tree<A>, f: (leaf: A) => B): Tree<B> => {
  if (isHandle(tree)) return f(tree as A)
  if (Array.isArray(tree)) return tree.map((branch: Tree<A>) => mapArrays(branch, f))
  return Object.fromEntries(
    Object.entries(tree as { readonly [k: string]: Tree<A> }).map(([key, branch]) => [key, mapArrays(branch, f)]),
  )
}

export const listArrays = <A>(tree: Tree<A>): readonly A[] => {
  const leaves: A[] = []
  mapArrays<A, null>(tree, (leaf) => {
    leaves.push(leaf)
    return null
  })
  return leaves
}

export const upload = (engine: Engine, tree: Arrays): Residents => mapArrays<HostArray, Resident>(tree, engine.upload)

export const read = async (engine: Engine, tree: Residents): Promise<Arrays> => {
  const values = await Promise.all(listArrays<Resident>(tree).map((leaf) => engine.read(leaf)))
  let next = 0
  return mapArrays<Resident, HostArray>(tree, () => values[next++]!)
}

export const release = (engine: Engine, tree: Residents): void => {
  for (const leaf of listArrays<Resident>(tree)) engine.release(leaf)
}

/** Uniform placeholders in the tree and shapes of arrays. */
export const placeholders = (arrays: Arrays): Tree<Tensor> =>
  mapArrays<HostArray, Tensor>(arrays, ({ shape, data }) => input(shape, data instanceof Int32Array ? 'int' : 'float'))
