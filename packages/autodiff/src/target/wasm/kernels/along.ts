import { sizeOf } from '../../../shape.ts'
import type { CumulativeAttributes } from '../../../tensor/gather.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Local } from '../assembler/code.ts'
import { select } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import { VECTOR } from '../words.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'

// Operations along one axis, on blocks [outer, length, inner] of varying values: reading and adding by index, running
// sums, and searching.

/** By operation; null where the values do not lie as the kernel wants them. */
export const alongLaunch = (node: Node, at: Addresses): Launch | null => {
  if (!node.inputs.every((x) => x.varies)) return null
  const { row } = at.format
  const [x, y] = node.inputs
  switch (node.operation.name) {
    case 'takeAlong':
    case 'addAlong': {
      const { axis, length } = node.attributes as { readonly axis: number; readonly length: number }
      if (node.operation.name === 'addAlong' && node.dtype !== 'float') return null
      const outer = sizeOf(node.shape.slice(0, axis))
      const picked = y!.shape[axis]!
      const inner = sizeOf(node.shape.slice(axis + 1))
      return {
        kernel: node.operation.name === 'takeAlong' ? take : add,
        operands: [
          at.addressOf(node),
          at.readAt(x!),
          at.readAt(y!),
          outer,
          picked,
          inner,
          length,
          sizeOf(node.shape) * row,
        ],
      }
    }
    case 'cumulativeSum': {
      if (node.dtype !== 'float') return null
      const { axis, reverse } = node.attributes as CumulativeAttributes
      const bytes = sizeOf(node.shape.slice(axis + 1)) * row
      const length = node.shape[axis]!
      const last = (length - 1) * bytes
      return {
        kernel: cumulate,
        operands: [
          at.addressOf(node) + (reverse ? last : 0),
          at.readAt(x!) + (reverse ? last : 0),
          sizeOf(node.shape.slice(0, axis)),
          length,
          bytes,
          reverse ? -bytes : bytes,
          length * bytes,
        ],
      }
    }
    case 'searchSorted':
      if (x!.dtype !== 'float') return null
      return {
        kernel: search,
        operands: [at.addressOf(node), at.readAt(x!), at.readAt(y!), sizeOf(node.shape), x!.shape.at(-1)!],
      }
    default:
      return null
  }
}

const INDEXED = {
  out: 'i32',
  x: 'i32',
  at: 'i32',
  outer: 'i32',
  picked: 'i32',
  inner: 'i32',
  length: 'i32',
  bytes: 'i32',
} as const

/** For every element and lane: `address` is that of the indexed element, `here` runs over the others. */
const indexed = (
  name: string,
  body: (
    here: Local<'i32'>,
    address: Local<'i32'>,
    lane: Local<'i32'>,
    p: { readonly [K in keyof typeof INDEXED]: Local<'i32'> },
    format: Format,
  ) => readonly Body[],
  into: 'x' | 'out',
): Kernel => ({
  key: name,
  build: (format) =>
    func(name, INDEXED, 'none', (p) => {
      const { row, word, floats } = format
      const [o, k, i, l, here, index, address, block] = integers(
        'o',
        'k',
        'i',
        'l',
        'here',
        'index',
        'address',
        'block',
      )
      return [
        into === 'out'
          ? forEach(l, { below: p.bytes, step: VECTOR }, v128.store(i32.add(p.out, l), floats.constant(0)))
          : [],
        forEach(o, { below: p.outer }, [
          set(block, i32.add(p[into], i32.mul(i32.mul(i32.mul(o, p.length), p.inner), row))),
          forEach(k, { below: p.picked }, [
            forEach(i, { below: p.inner }, [
              forEach(l, { below: row, step: word }, [
                set(index, i32.load(i32.add(i32.add(p.at, here), l))),
                set(index, select(i32.ltS(index, 0), i32.const(0), index)),
                set(index, select(i32.geS(index, p.length), i32.sub(p.length, 1), index)),
                set(address, i32.add(i32.add(block, l), i32.mul(i32.add(i32.mul(index, p.inner), i), row))),
                body(here, address, l, p, format),
              ]),
              set(here, i32.add(here, row)),
            ]),
          ]),
        ]),
      ]
    }),
})

const take = indexed(
  'takeAlong',
  (here, address, l, { out }, { storeFirst, splatAt }) => [
    storeFirst(i32.add(i32.add(out, here), l), splatAt(address)),
  ],
  'x',
)
const add = indexed(
  'addAlong',
  (here, address, l, { x }, { storeFirst, splatAt, floats }) => [
    storeFirst(address, floats.add(splatAt(address), splatAt(i32.add(i32.add(x, here), l)))),
  ],
  'out',
)

const cumulate: Kernel = {
  key: 'cumulativeSum',
  build: ({ floats: { add, constant } }) =>
    func(
      'cumulativeSum',
      { out: 'i32', x: 'i32', outer: 'i32', length: 'i32', bytes: 'i32', step: 'i32', whole: 'i32' },
      'none',
      (p) => {
        const [o, k, i, target, source] = integers('o', 'k', 'i', 'target', 'source')
        const total = local('v128', 'total')
        return forEach(o, { below: p.outer }, [
          forEach(i, { below: p.bytes, step: VECTOR }, [
            set(total, constant(-0)),
            set(target, i32.add(p.out, i)),
            set(source, i32.add(p.x, i)),
            forEach(k, { below: p.length }, [
              set(total, add(total, v128.load(source))),
              v128.store(target, total),
              set(target, i32.add(target, p.step)),
              set(source, i32.add(source, p.step)),
            ]),
          ]),
          set(p.out, i32.add(p.out, p.whole)),
          set(p.x, i32.add(p.x, p.whole)),
        ])
      },
    ),
}

/** How many numbers of an increasing row are at most x: each comparison gives -1 or 0. */
const search: Kernel = {
  key: 'searchSorted',
  build: ({ row, floats }) =>
    func('searchSorted', { out: 'i32', sorted: 'i32', x: 'i32', size: 'i32', length: 'i32' }, 'none', (p) => {
      const [e, k, l, from] = integers('e', 'k', 'l', 'from')
      const [count, value] = [local('v128', 'count'), local('v128', 'value')]
      return forEach(e, { below: p.size }, [
        forEach(l, { below: row, step: VECTOR }, [
          set(count, i32x4.const(0)),
          set(value, v128.load(i32.add(p.x, l))),
          set(from, i32.add(p.sorted, l)),
          forEach(k, { below: p.length }, [
            set(count, i32x4.sub(count, floats.le(v128.load(from), value))),
            set(from, i32.add(from, row)),
          ]),
          v128.store(i32.add(p.out, l), count),
        ]),
        set(p.out, i32.add(p.out, row)),
        set(p.x, i32.add(p.x, row)),
        set(p.sorted, i32.add(p.sorted, i32.mul(p.length, row))),
      ])
    }),
}
