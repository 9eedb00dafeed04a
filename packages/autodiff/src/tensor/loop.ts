import { mistake, showShape } from '../error.ts'
import { sameShape } from '../shape.ts'
import { placeholder, zeros } from './constant.ts'
import { add, div } from './elementwise.ts'
import { pick } from './graph.ts'
import { cotangentFor, isJoin, lanes } from './lanes.ts'
import { bodyNodes, bodyResults, type LoopAttributes, type LoopBody } from './loopBody.ts'
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
  reverse: (node, cotangents, _wanted, derive) => reverseLoop(node, cotangents, derive),
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
  body: LoopBody,
): {
  readonly carries: readonly Node[]
  readonly outputs: readonly Node[]
  readonly history: readonly Node[]
  readonly node: Node
} => {
  checkCarries(body)
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
 * used in varying work gets a varying cotangent, which is summed over the lanes at the end.
 */
const reverseLoop = (
  node: Node<LoopAttributes>,
  cotangents: readonly (Node | null)[],
  derive: Derive,
): readonly (Node | null)[] => {
  const { attributes: a, inputs } = node
  const [c, o, s] = [a.carries.length, a.outputs.length, a.slices.length]
  const varies = [...inputs, ...bodyResults(a), ...cotangents].some((x) => x?.varies)
  const history = a.carries.map((_, i) => pick(node, c + o + i))
  const entering = (i: number, kind: Kind): Node =>
    shareOf(cotangents[i] ?? zeroOf(kind, false), varies, node.outputs![i]!.varies)

  const floats = a.carries.flatMap((x, i) => (isFloat(x) ? [i] : []))
  const captured = a.captured.flatMap((x, i) => (isFloat(x) ? [i] : []))
  const sliced = a.slices.flatMap((x, i) => (isFloat(x) ? [i] : []))
  const outs = a.outputs.flatMap((x, i) => (isFloat(x) && cotangents[c + i] ? [i] : []))
  const kept = floats.filter((i) => cotangents[c + o + i])

  const gCarry = floats.map((i) => placeholderFor(a.carries[i]!, varies))
  const gTotal = captured.map((i) => placeholderFor(a.captured[i]!, varies))
  const gOut = outs.map((i) => placeholderFor(a.outputs[i]!, varies))
  const gKept = kept.map((i) => placeholderFor(a.carries[i]!, varies))

  const wanted = [
    ...floats.map((i) => a.carries[i]!),
    ...sliced.map((i) => a.slices[i]!),
    ...captured.map((i) => a.captured[i]!),
  ]
  const found = derive.reverse(
    [...floats.map((i) => a.nextCarries[i]!), ...outs.map((i) => a.outputs[i]!)],
    [...gCarry, ...gOut],
    wanted,
  )
  const back = found.map((g, i) => (g ? spreadIf(varies, g) : zeroOf(wanted[i]!, varies)))
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
  const cotangentOf = (position: number, list: readonly number[], from: readonly Node[]): Node | null => {
    const k = list.indexOf(position)
    return k < 0 ? null : from[k]!
  }
  return inputs.map((x, i) => {
    const g =
      i < c
        ? cotangentOf(i, floats, result.carries)
        : i < c + s
          ? cotangentOf(i - c, sliced, result.outputs)
          : cotangentOf(i - c - s, captured, result.carries.slice(floats.length))
    return g && cotangentFor(x, g)
  })
}

/** A uniform cotangent of a uniform result, shared out over the lanes, since what comes back is summed over them. */
const shareOf = (g: Node, varies: boolean, resultVaries: boolean): Node =>
  !varies || g.varies ? g : nodeOf(lanes.spread(resultVaries ? g : div(g, lanes.count())))

/** Each round carries values and their tangents. */
const forwardLoop = (
  node: Node<LoopAttributes>,
  tangents: readonly (Node | null)[],
  derive: Derive,
): readonly (Node | null)[] => {
  const { attributes: a, inputs } = node
  const [c, o, s] = [a.carries.length, a.outputs.length, a.slices.length]
  const varies = [...inputs, ...bodyResults(a), ...tangents].some((x) => x?.varies)
  const floats = a.carries.flatMap((x, i) => (isFloat(x) ? [i] : []))
  const sliced = a.slices.flatMap((_, i) => (tangents[c + i] ? [i] : []))
  const tCarry = floats.map((i) => placeholderFor(a.carries[i]!, varies))
  const tSlice = sliced.map((i) => placeholderFor(a.slices[i]!, tangents[c + i]!.varies))
  const outs = a.outputs.flatMap((x, i) => (isFloat(x) ? [i] : []))
  const moved = derive.forward(
    [...floats.map((i) => a.nextCarries[i]!), ...outs.map((i) => a.outputs[i]!)],
    [...floats.map((i) => a.carries[i]!), ...sliced.map((i) => a.slices[i]!), ...a.captured],
    [...tCarry, ...tSlice, ...a.captured.map((_, i) => tangents[c + s + i] ?? null)],
  )
  const results = [...floats.map((i) => a.nextCarries[i]!), ...outs.map((i) => a.outputs[i]!)]
  const dense = moved.map((t, k) => (t ? spreadIf(varies, t) : zeroOf(results[k]!, varies)))
  const loop = makeLoop(
    a.count,
    a.backwards,
    [...inputs.slice(0, c), ...floats.map((i) => spreadIf(varies, tangents[i] ?? zeroOf(a.carries[i]!, varies)))],
    [...inputs.slice(c, c + s), ...sliced.map((i) => tangents[c + i]!)],
    {
      index: a.index,
      carries: [...a.carries, ...tCarry],
      slices: [...a.slices, ...tSlice],
      nextCarries: [...a.nextCarries, ...dense.slice(0, floats.length)],
      outputs: dense.slice(floats.length),
      // Tangents of a lane that has stopped pass through its select unchanged, so the same test holds.
      stop: a.stop,
    },
  )
  const at = (list: readonly number[], i: number, from: readonly Node[]): Node | null =>
    list.includes(i) ? from[list.indexOf(i)]! : null
  return node.outputs!.map((_, i) =>
    i < c
      ? at(floats, i, loop.carries.slice(c))
      : i < c + o
        ? at(outs, i - c, loop.outputs)
        : at(floats, i - c - o, loop.history.slice(c)),
  )
}
