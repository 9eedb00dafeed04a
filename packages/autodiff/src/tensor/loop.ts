import { mistake, showShape } from '../error.ts'
import { sameShape } from '../shape.ts'
import { placeholder, zeros } from './constant.ts'
import { add, div } from './elementwise.ts'
import { dependents, pick, topologicalOrder } from './graph.ts'
import { isJoin, lanes } from './lanes.ts'
import { bodyNodes, bodyResults, type LoopAttributes, type LoopBody, placeholdersOf } from './loopBody.ts'
import { loopKernel } from './loopKernel.ts'
import { type Derive, make, type Operation } from './operation.ts'
import type { Kind, Node } from './tensor.ts'
import { nodeOf } from './tensor.ts'

export const loopOperation: Operation<LoopAttributes> = {
  name: 'loop',
  infer: ({ count, carries, outputs }) => {
    const stacked = ({ shape, dtype, varies }: Kind): Kind => ({ shape: [count, ...shape], dtype, varies })
    return [...carries, ...outputs.map(stacked), ...carries.map(stacked)]
  },
  reverse: (node, cotangents, wanted, derive) => reverseLoop(node, cotangents, wanted, derive),
  forward: (node, tangents, derive) => forwardLoop(node, tangents, derive),
  kernel: loopKernel,
  show: ({ count, carries, outputs, backwards }) =>
    `${count} rounds, ${carries.length} carries, ${outputs.length} outputs${backwards ? ', backwards' : ''}`,
}

/** The loop with this body; finds what it captures. */
export const makeLoop = (
  count: number,
  backwards: boolean,
  start: readonly Node[],
  stacked: readonly Node[],
  given: LoopBody,
): {
  readonly carries: readonly Node[]
  readonly outputs: readonly Node[]
  readonly history: readonly Node[]
  readonly node: Node
} => {
  checkCarries(given)
  // A varying carry may become a uniform value, which is then the same for every example.
  const body = { ...given, nextCarries: given.nextCarries.map((next, i) => spreadIf(given.carries[i]!.varies, next)) }
  const captured = capturedBy(body)
  const node = make(loopOperation, { ...body, count, backwards, captured }, [...start, ...stacked, ...captured])
  const [c, o] = [body.carries.length, body.outputs.length]
  return {
    node,
    carries: body.carries.map((_, i) => pick(node, i)),
    outputs: body.outputs.map((_, i) => pick(node, c + i)),
    history: body.carries.map((_, i) => pick(node, c + o + i)),
  }
}

const checkCarries = ({ carries, nextCarries }: LoopBody): void =>
  carries.forEach((carry, i) => {
    const next = nextCarries[i]!
    if (!sameShape(carry.shape, next.shape) || carry.dtype !== next.dtype)
      mistake(
        `loop: a carry starts as ${carry.dtype} ${showShape(carry.shape)} and becomes ${next.dtype} ${showShape(next.shape)}.`,
      )
    if (next.varies && !carry.varies)
      mistake('loop: a carry starts uniform and becomes varying. Start it from lanes.spread(…).')
  })

const capturedBy = (body: LoopBody): readonly Node[] => {
  const { inner, captured } = bodyNodes(body)
  if (inner.some(isJoin))
    mistake('loop: examples cannot meet inside a loop body; use lanes.* before or after the loop.')
  return captured
}

// ---- derivatives

const isFloat = (x: Kind): boolean => x.dtype === 'float'
const zeroOf = ({ shape }: Kind, varies: boolean): Node => {
  const zero = zeros(shape)
  return nodeOf(varies ? lanes.spread(zero) : zero)
}
const spreadIf = (varies: boolean, x: Node): Node => (varies && !x.varies ? nodeOf(lanes.spread(x)) : x)
const placeholderFor = (x: Kind, varies: boolean): Node => placeholder({ shape: x.shape, dtype: 'float', varies })

/**
 * Rounds in the opposite order, each recomputing the body from the carries that the loop had there. Cotangents of
 * carries are carried; those of captured values are summed on the way; those of slices are stacked. A uniform value
 * used in varying work gets a varying cotangent, which whoever asked sums over the lanes (not inside another loop).
 */
const reverseLoop = (
  node: Node<LoopAttributes>,
  cotangents: readonly (Node | null)[],
  wanted: readonly boolean[],
  derive: Derive,
): readonly (Node | null)[] => {
  const { attributes: a, inputs } = node
  const [c, o, s] = [a.carries.length, a.outputs.length, a.slices.length]
  const varies = [...inputs, ...bodyResults(a), ...cotangents].some((x) => x?.varies)
  const history = a.carries.map((_, i) => pick(node, c + o + i))
  const entering = (i: number, kind: Kind): Node =>
    shareOf(cotangents[i] ?? zeroOf(kind, false), varies, node.outputs![i]!.varies)

  const given = [...a.carries, ...a.slices, ...a.captured]
  const floats = activeCarries(a, new Set(given.filter((_, i) => wanted[i])))
  const sliced = a.slices.flatMap((_, i) => (wanted[c + i] ? [i] : []))
  const captured = a.captured.flatMap((_, i) => (wanted[c + s + i] ? [i] : []))
  const outs = a.outputs.flatMap((x, i) => (isFloat(x) && cotangents[c + i] ? [i] : []))
  const kept = floats.filter((i) => cotangents[c + o + i])

  const gCarry = floats.map((i) => placeholderFor(a.carries[i]!, varies))
  const gTotal = captured.map((i) => placeholderFor(a.captured[i]!, varies))
  const gOut = outs.map((i) => placeholderFor(a.outputs[i]!, varies))
  const gKept = kept.map((i) => placeholderFor(a.carries[i]!, varies))

  const variables = [
    ...floats.map((i) => a.carries[i]!),
    ...sliced.map((i) => a.slices[i]!),
    ...captured.map((i) => a.captured[i]!),
  ]
  const found = derive.reverse(
    [...floats.map((i) => a.nextCarries[i]!), ...outs.map((i) => a.outputs[i]!)],
    [...gCarry, ...gOut],
    variables,
  )
  const back = found.map((g, i) => (g ? spreadIf(varies, g) : zeroOf(variables[i]!, varies)))
  const [toCarry, toSlice, toCaptured] = [
    back.slice(0, floats.length),
    back.slice(floats.length, floats.length + sliced.length),
    back.slice(floats.length + sliced.length),
  ]

  const result = makeLoop(
    a.count,
    !a.backwards,
    [...floats.map((i) => entering(i, a.carries[i]!)), ...captured.map((i) => zeroOf(a.captured[i]!, varies))],
    [
      ...inputs.slice(c, c + s),
      ...history,
      ...outs.map((i) => entering(c + i, node.outputs![c + i]!)),
      ...kept.map((i) => entering(c + o + i, node.outputs![c + o + i]!)),
    ],
    {
      index: a.index,
      carries: [...gCarry, ...gTotal],
      slices: [...a.slices, ...a.carries, ...gOut, ...gKept],
      nextCarries: [
        ...toCarry.map((g, k) => (kept.includes(floats[k]!) ? nodeOf(add(g, gKept[kept.indexOf(floats[k]!)]!)) : g)),
        ...toCaptured.map((g, k) => nodeOf(add(gTotal[k]!, g))),
      ],
      outputs: toSlice,
      stop: null,
    },
  )
  return inputs.map((_, i) =>
    i < c
      ? entryOf(i, floats, result.carries)
      : i < c + s
        ? entryOf(i - c, sliced, result.outputs)
        : entryOf(i - c - s, captured, result.carries.slice(floats.length)),
  )
}

/** A uniform cotangent of a uniform result, shared out over the lanes, since what comes back is summed over them. */
const shareOf = (g: Node, varies: boolean, resultVaries: boolean): Node =>
  !varies || g.varies ? g : nodeOf(lanes.spread(resultVaries ? g : div(g, lanes.count())))

/** Each round carries values and the tangents of those that move. A uniform value has a uniform tangent. */
const forwardLoop = (
  node: Node<LoopAttributes>,
  tangents: readonly (Node | null)[],
  derive: Derive,
): readonly (Node | null)[] => {
  const { attributes: a, inputs } = node
  const [c, o, s] = [a.carries.length, a.outputs.length, a.slices.length]
  const sliced = a.slices.flatMap((_, i) => (tangents[c + i] ? [i] : []))
  const given = [...a.carries, ...a.slices, ...a.captured]
  const floats = activeCarries(a, new Set(given.filter((_, i) => tangents[i])))
  const tSlice = sliced.map((i) => placeholderFor(a.slices[i]!, tangents[c + i]!.varies))

  const moveWith = (
    varying: readonly boolean[],
  ): { readonly tCarry: readonly Node[]; readonly moved: readonly (Node | null)[] } => {
    const tCarry = floats.map((i, k) => placeholderFor(a.carries[i]!, varying[k]!))
    const moved = derive.forward(
      [...floats.map((i) => a.nextCarries[i]!), ...a.outputs],
      [...floats.map((i) => a.carries[i]!), ...sliced.map((i) => a.slices[i]!), ...a.captured],
      [...tCarry, ...tSlice, ...a.captured.map((_, i) => tangents[c + s + i] ?? null)],
    )
    // A tangent that becomes varying on the way starts varying.
    const next = varying.map((v, k) => v || moved[k]?.varies === true)
    return next.every((v, k) => v === varying[k]) ? { tCarry, moved } : moveWith(next)
  }
  const { tCarry, moved } = moveWith(floats.map((i) => a.carries[i]!.varies || tangents[i]?.varies === true))

  const outs = a.outputs.flatMap((_, i) => (moved[floats.length + i] ? [i] : []))
  const loop = makeLoop(
    a.count,
    a.backwards,
    [
      ...inputs.slice(0, c),
      ...floats.map((i, k) => spreadIf(tCarry[k]!.varies, tangents[i] ?? zeroOf(a.carries[i]!, false))),
    ],
    [...inputs.slice(c, c + s), ...sliced.map((i) => tangents[c + i]!)],
    {
      index: a.index,
      carries: [...a.carries, ...tCarry],
      slices: [...a.slices, ...tSlice],
      nextCarries: [...a.nextCarries, ...tCarry.map((t, k) => moved[k] ?? zeroOf(t, false))],
      outputs: outs.map((i) => moved[floats.length + i]!),
      // Tangents of a lane that has stopped pass through its select unchanged, so the same test holds.
      stop: a.stop,
    },
  )
  return node.outputs!.map((_, i) =>
    i < c
      ? entryOf(i, floats, loop.carries.slice(c))
      : i < c + o
        ? entryOf(i - c, outs, loop.outputs)
        : entryOf(i - c - o, floats, loop.history.slice(c)),
  )
}

/** The float carries that depend on some of the body's placeholders or captured values, in this or a later round. */
const activeCarries = (a: LoopAttributes, on: ReadonlySet<Node>): readonly number[] => {
  const order = topologicalOrder(bodyResults(a), new Set([...placeholdersOf(a), ...a.captured]))
  const found = dependents(order, on)
  const reached = a.carries.filter((x, i) => isFloat(x) && !on.has(x) && found.has(a.nextCarries[i]!))
  return reached.length
    ? activeCarries(a, new Set([...on, ...reached]))
    : a.carries.flatMap((x, i) => (on.has(x) && isFloat(x) ? [i] : []))
}

/** What belongs to a position, from values for some positions only. */
const entryOf = (position: number, positions: readonly number[], values: readonly Node[]): Node | null => {
  const k = positions.indexOf(position)
  return k < 0 ? null : values[k]!
}
