import { type Body, isLoop } from '../../../compile/body.ts'
import type { KernelStep } from '../../../compile/fuse.ts'
import { placeOf } from '../../../compile/views.ts'
import { sizeOf } from '../../../shape.ts'
import type { LoopAttributes } from '../../../tensor/loopBody.ts'
import { kindsOf } from '../../../tensor/operation.ts'
import type { Kind, Node } from '../../../tensor/tensor.ts'
import { when } from '../assembler/control.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { v128 } from '../assembler/instructions/v128.ts'
import { local, set } from '../assembler/variables.ts'
import { lanesBelow } from '../format.ts'
import { ENTRY, VECTOR } from '../words.ts'
import { type Action, type Addresses, type Copy, integers, type Kernel, type LoopPlace, type Rounds } from './kernel.ts'
import { launchesOf } from './select.ts'

/** What does a step, or the node for which there is no code. */
export type Code = { readonly actions: readonly Action[] } | { readonly missing: Node }

export const codeOf = (step: KernelStep, at: Addresses): Code => {
  if (step.kind === 'node' && isLoop(step.node)) return loopCode(step.node, at)
  const actions = launchesOf(step, at)
  // Kernels of several nodes are made of nodes that have code.
  return actions ? { actions } : { missing: (step as Extract<KernelStep, { readonly kind: 'node' }>).node }
}

/**
 * A loop: what its body does, over and over. Slices come to where the body reads them and go from where it leaves them,
 * so that its kernels are called with the same addresses in every turn.
 */
const loopCode = (node: Node<LoopAttributes>, at: Addresses): Code => {
  const { attributes: a, inputs } = node
  const place = at.loop(node)
  const { body } = place
  const inside = insideOf(place, at)
  const done: Action[] = []
  for (const step of body.steps) {
    const code = codeOf(step, inside)
    if ('missing' in code) return code
    done.push(...code.actions)
  }
  const [c, o] = [a.carries.length, a.outputs.length]
  /** Values of the body as slices of a result from that one on. */
  const stacked = (values: readonly Node[], from: number): readonly Copy[] =>
    values.flatMap((x, i) =>
      place.isRead(from + i) ? [slicing(copyOf(at.addressOf(node, from + i), inside.readAt(x), x, at), 'to')] : [],
    )
  const slices = a.slices.flatMap((x, i) =>
    body.placeholders.has(x) ? [slicing(copyOf(inside.addressOf(x), at.readAt(inputs[c + i]!), x, at), 'from')] : [],
  )
  const history = stacked(a.carries, c + o)
  const rounds: Rounds = {
    count: a.count,
    backwards: a.backwards,
    index: body.placeholders.has(a.index) ? inside.addressOf(a.index) : null,
    before: a.carries.map((x, i) => copyOf(inside.addressOf(x), at.readAt(inputs[i]!), x, at)),
    turn: [
      ...slices,
      ...history,
      ...done,
      ...stacked(a.outputs, c),
      ...(a.stop ? [stopping(a.stop, place.room, inside)] : []),
      ...advance(a, body, inside),
    ],
    stop: a.stop ? place.room : null,
    left: history,
    after: a.carries.flatMap((x, i) =>
      place.isRead(i) ? [copyOf(at.addressOf(node, i), inside.addressOf(x), x, at)] : [],
    ),
  }
  return { actions: [rounds] }
}

const copyOf = (to: number, from: number, { shape, varies }: Kind, { format }: Addresses): Copy => ({
  to,
  from,
  bytes: sizeOf(shape) * (varies ? format.row : format.word),
  turns: null,
})

/** One end of the copy is another slice in every turn. */
const slicing = (copy: Copy, turns: 'to' | 'from'): Copy => ({ ...copy, turns })

type Inside = Addresses & {
  /** The address of an element of scratch. */
  placed(element: number): number
}

/** Addresses in a body that has its values in its room; what it does not compute itself it reads outside. */
const insideOf = ({ body, room }: LoopPlace, outside: Addresses): Inside => {
  const { row, word } = outside.format
  const { offsets, rooms } = body.scratch
  const placed = (element: number): number => room + (1 + element) * row
  const roomOf = (node: Node): number => placed(rooms.get(node)!)
  return {
    ...outside,
    placed,
    readAt: (x) => {
      const { node, output, offset } = placeOf(x)
      const own = offsets.get(node)
      return own ? placed(own[output]!) + offset * (kindsOf(node)[output]!.varies ? row : word) : outside.readAt(x)
    },
    addressOf: (node, output = 0) => placed(offsets.get(node)![output]!),
    roomOf,
    loop: (node) => ({
      body: body.bodies.get(node)!,
      room: roomOf(node),
      isRead: (output) => body.isRead(node, output),
    }),
  }
}

/** What carries become, put where the next turn reads them; a carry that becomes another one waits until all are read. */
const advance = ({ carries, nextCarries }: LoopAttributes, { waiting }: Body, inside: Inside): readonly Copy[] => {
  const first: Copy[] = []
  const second: Copy[] = []
  nextCarries.forEach((next, i) => {
    const carry = carries[i]!
    if (next === carry) return
    const element = waiting.get(i)
    if (element === undefined) first.push(copyOf(inside.addressOf(carry), inside.readAt(next), carry, inside))
    else {
      const place = inside.placed(element)
      first.unshift(copyOf(place, inside.readAt(next), carry, inside))
      second.push(copyOf(inside.addressOf(carry), place, carry, inside))
    }
  })
  return [...first, ...second]
}

/** Puts into a word whether all further turns may be left out. */
const stopping = (stop: Node, flag: number, inside: Addresses): Action =>
  stop.varies
    ? { kernel: allOf, operands: [flag, inside.readAt(stop), 'lanes'] }
    : { to: flag, from: inside.readAt(stop), bytes: ENTRY, turns: null }

/** Whether a mask is set in all lanes but those that pad the tile. */
const allOf: Kernel = {
  key: 'all lanes',
  build: (format) =>
    func('allLanes', { out: 'i32', x: 'i32', lanes: 'i32' }, 'none', ({ out, x, lanes }) => {
      const { word, width } = format
      const [l, whole, rest] = integers('l', 'whole', 'rest')
      const all = local('v128', 'all')
      const here = v128.load(i32.add(x, l))
      return [
        set(whole, i32.mul(i32.and(lanes, -width), word)),
        set(rest, i32.and(lanes, width - 1)),
        set(all, i32x4.const(-1)),
        forEach(l, { below: whole, step: VECTOR }, set(all, v128.and(all, here))),
        set(l, whole),
        when(rest, set(all, v128.and(all, v128.or(here, v128.not(lanesBelow(format, rest)))))),
        i32.store(out, i32x4.allTrue(all)),
      ]
    }),
}
