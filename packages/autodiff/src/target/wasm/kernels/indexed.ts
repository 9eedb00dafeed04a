import { sizeOf } from '../../../shape.ts'
import type { DType, Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { select } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { memory } from '../assembler/instructions/memory.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { VECTOR } from '../words.ts'
import { foldOf } from './fold.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { along, laid } from './laid.ts'

// Reading and adding by index, elements along an axis or whole rows: values are blocks [outer, length, inner, width], and
// each index, one of [outer, picked, inner], names `width` elements side by side.

interface Blocks {
  readonly outer: number
  readonly picked: number
  readonly inner: number
  readonly length: number
  readonly width: number
}

/** Launches for reading or adding by index; null for any other operation. */
export const indexedLaunches = (node: Node, at: Addresses): readonly Launch[] | null => {
  const [x, index] = node.inputs
  const { name } = node.operation
  switch (name) {
    case 'takeAlong':
    case 'addAlong': {
      const { axis, length } = node.attributes as { readonly axis: number; readonly length: number }
      const [outer, inner] = [sizeOf(index!.shape.slice(0, axis)), sizeOf(index!.shape.slice(axis + 1))]
      return launches(node, name === 'addAlong', { outer, picked: index!.shape[axis]!, inner, length, width: 1 }, at)
    }
    case 'gather':
    case 'scatterAdd': {
      const { rows } = node.attributes as { readonly rows: number }
      const width = sizeOf((name === 'gather' ? x! : node).shape.slice(1))
      const picked = sizeOf(index!.shape)
      return launches(node, name === 'scatterAdd', { outer: 1, picked, inner: 1, length: rows, width }, at)
    }
    default:
      return null
  }
}

const launches = (node: Node, adds: boolean, blocks: Blocks, at: Addresses): readonly Launch[] | null => {
  const [x, index] = node.inputs
  const size = sizeOf(node.shape)
  if (adds && node.dtype === 'bool') return null
  if (size === 0) return []
  return [
    indexedLaunch({ adds, dtype: node.dtype, varies: x!.varies, indexVaries: index!.varies }, blocks, at, [
      at.addressOf(node),
      at.readAt(x!),
      at.readAt(index!),
      size * laid(at.format, node.varies).bytes,
    ]),
  ]
}

/** Rows `[length, width]` at x by indices, of which there is one for each row of the result: all float, at addresses. */
export const rowsLaunch = (
  { x, index, out }: { readonly x: number; readonly index: number; readonly out: number },
  { varies, indexVaries }: Pick<Kind, 'varies' | 'indexVaries'>,
  { picked, length, width }: Pick<Blocks, 'picked' | 'length' | 'width'>,
  at: Addresses,
): Launch =>
  indexedLaunch(
    { adds: false, dtype: 'float', varies, indexVaries },
    { outer: 1, picked, inner: 1, length, width },
    at,
    [out, x, index, 0],
  )

interface Kind {
  /** Adds the elements of x to those that the indices name, and does not read by them. */
  readonly adds: boolean
  readonly dtype: DType
  /** Whether x does. */
  readonly varies: boolean
  readonly indexVaries: boolean
}

/** `addresses`: of the result, x and the indices, and the bytes of the result. */
const indexedLaunch = (
  kind: Kind,
  { outer, picked, inner, length, width }: Blocks,
  { format }: Addresses,
  addresses: readonly number[],
): Launch => {
  // Where the index is the same in all lanes, what it names is moved as a whole.
  const bytes = width * laid(format, kind.varies || (kind.adds && kind.indexVaries)).bytes
  return {
    kernel: kind.indexVaries ? byLane(kind) : inRows(kind),
    operands: [...addresses, outer, picked, inner, length, bytes, width],
  }
}

const PARAMETERS = {
  out: 'i32',
  x: 'i32',
  at: 'i32',
  size: 'i32',
  outer: 'i32',
  picked: 'i32',
  inner: 'i32',
  length: 'i32',
  bytes: 'i32',
  width: 'i32',
} as const
type Parameters = { readonly [K in keyof typeof PARAMETERS]: Local<'i32'> }

const keyOf = ({ adds, dtype, varies, indexVaries }: Kind): string =>
  `${adds ? `add ${dtype}` : 'read'} by index ${varies} ${indexVaries}`

/** For every index, in order: `place` is how many blocks of what it may name come before it, but for the index itself. */
const forIndices = (p: Parameters, body: (place: Local<'i32'>) => Body): Body => {
  const [o, k, i, place] = integers('o', 'k', 'i', 'place')
  return forEach(o, { below: p.outer }, [
    forEach(k, { below: p.picked }, [
      forEach(i, { below: p.inner }, [set(place, i32.add(i32.mul(i32.mul(o, p.length), p.inner), i)), body(place)]),
    ]),
  ])
}

/** 0 to begin with, where it is added to. */
const cleared = (adds: boolean, p: Parameters): Body => (adds ? memory.fill(p.out, 0, p.size) : [])

const inRows = (kind: Kind): Kernel => ({
  key: keyOf(kind),
  build: (format) =>
    func(kind.adds ? 'addRows' : 'readRows', PARAMETERS, 'none', (p) => {
      const [l, index, named] = integers('l', 'index', 'named')
      const { of } = foldOf(format, 'sum', kind.dtype)
      const [into, from] = kind.adds ? [named, p.x] : [p.out, named]
      return [
        cleared(kind.adds, p),
        forIndices(p, (place) => [
          set(index, i32.load(p.at)),
          // One that is outside is held at the nearest end.
          set(index, heldAbove(index, i32.const(0))),
          set(index, heldBelow(index, i32.sub(p.length, 1))),
          set(named, i32.add(kind.adds ? p.out : p.x, i32.mul(i32.add(place, i32.mul(index, p.inner)), p.bytes))),
          along(format, kind.varies, l, p.bytes, 1, ({ load, store }) => {
            const value = load(i32.add(from, l))
            return store(i32.add(into, l), kind.adds ? of(load(i32.add(into, l)), value) : value)
          }),
          set(p.at, i32.add(p.at, format.word)),
          kind.adds ? set(p.x, i32.add(p.x, p.bytes)) : set(p.out, i32.add(p.out, p.bytes)),
        ]),
      ]
    }),
})

const heldAbove = (x: Local<'i32'>, least: Code<'i32'>): Code<'i32'> => select(i32.ltS(x, least), least, x)
const heldBelow = (x: Local<'i32'>, most: Code<'i32'>): Code<'i32'> => select(i32.gtS(x, most), most, x)

const byLane = (kind: Kind): Kernel => ({
  key: keyOf(kind),
  build: (format) =>
    func(kind.adds ? 'addByLane' : 'readByLane', PARAMETERS, 'none', (p) => {
      const { row, word, width } = format
      const { of } = foldOf(format, 'sum', kind.dtype)
      const other = laid(format, kind.varies)
      const [l, w, here, offset] = integers('l', 'w', 'here', 'offset')
      const [index, value] = [local('v128', 'index'), local('v128', 'value')]
      const named = Array.from({ length: width }, (_, lane) => local('i32', `named${lane}`))
      const ownLane = kind.adds || kind.varies
      const step = ownLane ? row : word
      return [
        cleared(kind.adds, p),
        forIndices(p, (place) => [
          forEach(l, { below: row, step: VECTOR }, [
            set(index, heldIndex(v128.load(i32.add(p.at, l)), p.length)),
            set(index, i32x4.mul(index, i32x4.splat(i32.mul(p.inner, p.bytes)))),
            set(offset, i32.add(kind.adds ? p.out : p.x, i32.mul(place, p.bytes))),
            ownLane ? set(offset, i32.add(offset, l)) : [],
            named.map((address, lane) =>
              set(
                address,
                i32.add(i32.add(offset, ownLane ? lane * word : 0), i32x4.extractLane(index, (lane * word) / 4)),
              ),
            ),
            set(here, kind.adds ? p.x : p.out),
            forEach(w, { below: p.width }, [
              kind.adds
                ? [
                    set(value, other.load(here, l)),
                    named.map((address, lane) => format.storeLane(address, of(format.splatAt(address), value), lane)),
                    set(here, i32.add(here, other.bytes)),
                  ]
                : [v128.store(i32.add(here, l), lanesAt(format, named)), set(here, i32.add(here, row))],
              named.map((address) => set(address, i32.add(address, step))),
            ]),
          ]),
          set(p.at, i32.add(p.at, row)),
          // What was gone through on the other side.
          kind.adds
            ? set(p.x, i32.add(p.x, i32.mul(p.width, other.bytes)))
            : set(p.out, i32.add(p.out, i32.mul(p.width, row))),
        ]),
      ]
    }),
})

const heldIndex = (index: Code<'v128'>, length: Code<'i32'>): Code<'v128'> =>
  i32x4.minS(i32x4.maxS(index, i32x4.const(0)), i32x4.splat(i32.sub(length, 1)))

/** A vector of the numbers at an address for each lane. */
const lanesAt = (format: Format, [first, ...others]: readonly Local<'i32'>[]): Code<'v128'> =>
  others.reduce((value, address, i) => format.loadLane(address, value, i + 1), format.splatAt(first!))
