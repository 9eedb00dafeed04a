import type { Shape, Tensor } from '@diffeo/autodiff'
import type { Json } from './bijector.ts'
import { type Size, shapeOf } from './domain.ts'
import type { Initial } from './initial.ts'
import { mistake } from './mistake.ts'

/** Weights are moved by the optimiser, state by `adapt`. */
export type Role = 'trained' | 'state'

/** One parameter leaf: shape, initialiser (see `Initial`), and whether the optimiser moves it (weights) or `adapt` does (state). */
export interface Parameter {
  readonly shape: Shape
  readonly initial: Json
  readonly role: Role
}
/** Declared parameters in nested lists and records. */
export type ParameterTree = Parameter | readonly ParameterTree[] | { readonly [k: string]: ParameterTree }

/** The tensors that a declaration stands for, in the same tree; unknown for a tree that is made at run time. */
export type Values<D> = [ParameterTree, Whole<D>] extends [D, never]
  ? unknown
  : D extends Parameter
    ? Tensor
    : { readonly [K in keyof D]: Values<D[K]> }
/** `{}` fits every tree too; unlike the union of all trees it does so by itself. */
type Whole<D> = D extends unknown ? (ParameterTree extends D ? D : never) : never

declare const values: unique symbol
/** A parameter tree that remembers the type of its values. */
export interface Declared<out P> {
  readonly [values]?: P
  readonly tree: ParameterTree
}

/**
 * Declares one parameter.
 * @example
 * parameter([8], { kind: 'zeros' })
 * parameter([64, 8], { kind: 'glorot' })
 * parameter([8], { kind: 'ones' }, 'state')
 */
export const parameter = (size: Size, initial: Initial, role: Role = 'trained'): Parameter => ({
  shape: shapeOf(size),
  initial,
  role,
})

export const isParameter = (tree: ParameterTree): tree is Parameter =>
  !Array.isArray(tree) && 'role' in tree && 'initial' in tree && Array.isArray(tree.shape)

/** A declared parameter and where it stands, such as `layers.0.weight`. */
export interface DeclaredLeaf {
  /** Keys and positions from the root, joined by dots. */
  readonly path: string
  readonly parameter: Parameter
}

/** Every parameter with its path, lists by position, records by their own key order. */
export const leavesOf = ({ tree }: Declared<unknown>): readonly DeclaredLeaf[] => leavesUnder(tree, '')

const leavesUnder = (tree: ParameterTree, path: string): readonly DeclaredLeaf[] =>
  isParameter(tree)
    ? [{ path, parameter: tree }]
    : Object.entries(tree).flatMap(([key, branch]) =>
        leavesUnder(branch as ParameterTree, path ? `${path}.${key}` : key),
      )

/** A tree of the declared structure, made leaf by leaf. */
export const mapDeclared = <P, T>(declared: Declared<P>, f: (leaf: DeclaredLeaf, index: number) => T): unknown => {
  let next = 0
  const build = (tree: ParameterTree, path: string): unknown => {
    if (isParameter(tree)) return f({ path, parameter: tree }, next++)
    const inner = ([key, branch]: readonly [string, ParameterTree]): readonly [string, unknown] => [
      key,
      build(branch, path ? `${path}.${key}` : key),
    ]
    const entries = Object.entries(tree as { readonly [k: string]: ParameterTree }).map(inner)
    return Array.isArray(tree) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
  }
  return build(declared.tree, '')
}

/** How many numbers; those of one role when it is given. */
export const countParameters = (declared: Declared<unknown>, role?: Role): number =>
  leavesOf(declared)
    .filter(({ parameter: { role: own } }) => role === undefined || role === own)
    .reduce((total, { parameter: { shape } }) => total + shape.reduce((product, n) => product * n, 1), 0)

/** The leaves of a tree of the declared structure (tensors, arrays, or anything else), in the order of `leavesOf`. */
export const flattenDeclared = <T>(declared: Declared<unknown>, tree: unknown): readonly T[] =>
  leavesOf(declared).map(({ path }) => {
    const found = path === '' ? tree : path.split('.').reduce<unknown>((at, key) => step(at, key), tree)
    return found === undefined
      ? mistake(`parameters: ${path || 'the root'} is declared, but no value was given for it.`)
      : (found as T)
  })

const step = (at: unknown, key: string): unknown =>
  typeof at === 'object' && at !== null ? (at as { readonly [k: string]: unknown })[key] : undefined

/** Values by path, trained apart from state: what the optimiser sees, and what it does not. */
export interface Partition<T> {
  readonly trained: { readonly [path: string]: T }
  readonly state: { readonly [path: string]: T }
}

/** Cuts a tree of the declared structure in trained and state leaves; `joinPartition` puts it together again. */
export const partition = <T>(declared: Declared<unknown>, tree: unknown): Partition<T> => {
  const found = flattenDeclared<T>(declared, tree)
  const pairs = leavesOf(declared).map(({ path, parameter: { role } }, i) => ({ path, role, value: found[i]! }))
  const of = (role: Role): { readonly [path: string]: T } =>
    Object.fromEntries(pairs.filter((pair) => pair.role === role).map(({ path, value }) => [path, value]))
  return { trained: of('trained'), state: of('state') }
}

/** The tree of declared structure from its trained and state leaves. */
export const joinPartition = <P, T>(declared: Declared<P>, { trained, state }: Partition<T>): P =>
  mapDeclared(declared, ({ path, parameter: { role } }) => {
    const value = (role === 'trained' ? trained : state)[path]
    return value === undefined ? mistake(`parameters: no ${role} value at ${path || 'the root'}.`) : value
  }) as P
