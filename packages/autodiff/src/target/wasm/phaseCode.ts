import type { Body, Code, Local } from './assembler/code.ts'
import { block, branchIf, select, when } from './assembler/control.ts'
import { forEach } from './assembler/counted.ts'
import { call, type Func, func, type Signature } from './assembler/function.ts'
import { i32 } from './assembler/instructions/i32.ts'
import { i64 } from './assembler/instructions/i64.ts'
import { memory } from './assembler/instructions/memory.ts'
import { set } from './assembler/variables.ts'
import type { Format } from './format.ts'
import {
  type Action,
  type Copy,
  integers,
  type Kernel,
  type LaunchOperand,
  type Rounds,
  type ShareEnd,
} from './kernels/kernel.ts'
import { RECORD } from './record.ts'
import { offsetIn, spaceOf } from './space.ts'
import { ENTRY } from './words.ts'

// The launches of a phase as code: what they are called with is written into it, so that a tile costs one call.

const PLACE = { scratch: 'i32', state: 'i32', start: 'i32', lanes: 'i32' } as const
/** Where actions work; `part` where they do only a share of what can be cut. */
type Place = { readonly [K in keyof typeof PLACE]: Code<'i32'> } & { readonly part?: Local<'i32'> }
export type Sequence = Func<typeof PLACE, 'none'>
export type Part = Func<{ readonly part: 'i32'; readonly scratch: 'i32' }, 'none'>

/** A kernel's function, the same for all of its launches in a module. */
export type FunctionOf = (kernel: Kernel) => Func<Signature, 'none'>

/** Actions one after another, on the tile whose first lane is `start`. `record` is the address of the run's record. */
export const sequenceOf = (
  name: string,
  actions: readonly Action[],
  record: number,
  functionOf: FunctionOf,
): Sequence => func(name, PLACE, 'none', (place) => actions.map(actionIn(place, record, functionOf)))

const actionIn =
  (place: Place, record: number, functionOf: FunctionOf) =>
  (action: Action): Body => {
    const codeOf = (inner: Action, slice?: Local<'i32'>): Body => {
      if ('kernel' in inner) {
        const callee = functionOf(inner.kernel)
        const names = Object.keys(callee.signature)
        return call(callee, Object.fromEntries(inner.operands.map((o, i) => [names[i]!, operandOf(o, place, record)])))
      }
      return 'bytes' in inner ? copyCode(inner, place, slice) : roundsCode(inner, place, codeOf)
    }
    return codeOf(action)
  }

/**
 * A part of uniform tasks that need nothing of one another: its share of those that can be cut, and in turn with the
 * other parts all of one that cannot. Actions of a task are done in order, unless all of them can be cut.
 */
export const shareOf = (
  name: string,
  tasks: readonly (readonly Action[])[],
  record: number,
  functionOf: FunctionOf,
): Part =>
  func(name, { part: 'i32', scratch: 'i32' }, 'none', ({ part, scratch }) => {
    const none = i32.const(0)
    const alone: Place = { scratch, state: none, start: none, lanes: i32.const(1) }
    const whole = tasks.filter((actions) => !actions.every(isCut))
    return tasks.map((actions) => {
      if (!whole.includes(actions)) return actions.map(actionIn({ ...alone, part }, record, functionOf))
      const turn = i32.remU(i32.const(whole.indexOf(actions)), word(record, RECORD.parts))
      return when(i32.eq(turn, part), actions.map(actionIn(alone, record, functionOf)))
    })
  })

const isCut = (action: Action): boolean =>
  'kernel' in action && action.operands.some((operand) => typeof operand === 'object' && 'work' in operand)

const copyCode = ({ to, from, bytes, turns }: Copy, place: Place, slice?: Local<'i32'>): Body => {
  const end = (which: 'to' | 'from', address: number): Code<'i32'> => {
    const at = addressOf(address, place)
    return turns === which ? i32.add(at, i32.mul(slice!, bytes)) : at
  }
  return bytes === 0 || (to === from && turns === null) ? [] : memory.copy(end('to', to), end('from', from), bytes)
}

const roundsCode = (
  { count, backwards, index, before, turn, stop, left, after }: Rounds,
  place: Place,
  codeOf: (action: Action, slice?: Local<'i32'>) => Body,
): Body => {
  const [t, slice] = integers('turn', 'slice')
  const number = set(slice, backwards ? i32.sub(count - 1, t) : t)
  return [
    before.map((copy) => codeOf(copy)),
    block((end) =>
      forEach(t, { below: count }, [
        number,
        index === null ? [] : i64.store(addressOf(index, place), i64.extendI32U(slice)),
        turn.map((action) => codeOf(action, slice)),
        stop === null ? [] : branchIf(end, i32.load(addressOf(stop, place))),
      ]),
    ),
    stop === null || left.length === 0
      ? []
      : forEach(t, { from: i32.add(t, 1), below: count }, [number, left.map((copy) => codeOf(copy, slice))]),
    after.map((copy) => codeOf(copy)),
  ]
}

/** The tiles of a part, from sums that are 0; `stride` is the bytes of a part's sums, in a format with tiles of so many lanes. */
export const partOf = (name: string, work: Sequence, stride: number, { tile, row }: Format, record: number): Part =>
  func(name, { part: 'i32', scratch: 'i32' }, 'none', ({ part, scratch }) => {
    const [state, start, end, rest] = integers('state', 'start', 'end', 'rest')
    const lanes = i32.mul(word(record, RECORD.tiles), tile)
    const count = word(record, RECORD.count)
    return [
      set(state, i32.add(word(record, RECORD.states), i32.mul(part, stride))),
      stride > 0 ? memory.fill(state, 0, stride) : [],
      // What reads elements that are nowhere reads the first row.
      memory.fill(scratch, 0, row),
      set(end, i32.mul(i32.add(part, 1), lanes)),
      set(end, select(i32.ltS(end, count), end, count)),
      forEach(start, { from: i32.mul(part, lanes), below: end, step: tile }, [
        set(rest, i32.sub(end, start)),
        call(work, { scratch, state, start, lanes: select(i32.ltS(rest, tile), rest, i32.const(tile)) }),
      ]),
    ]
  })

const operandOf = (operand: LaunchOperand, place: Place, record: number): Code<'i32'> => {
  if (operand === 'lanes' || operand === 'start') return place[operand]
  if (operand === 'index') return i32.add(word(record, RECORD.first), place.start)
  if (typeof operand === 'number') return addressOf(operand, place)
  return 'record' in operand ? word(record, operand.record) : shareEnd(operand, place, record)
}

const shareEnd = (end: ShareEnd, place: Place, record: number): Code<'i32'> => {
  const { total, unit } = end.work
  const { part } = place
  if (!part) return 'length' in end ? i32.const(total) : addressOf(end.base, place)
  const units = Math.ceil(total / unit)
  const beginning = (k: Code<'i32'>): Code<'i32'> =>
    i32.mul(i32.divU(i32.mul(k, units), word(record, RECORD.parts)), unit)
  if (!('length' in end)) return i32.add(addressOf(end.base, place), i32.mul(beginning(part), end.scale))
  const next = beginning(i32.add(part, 1))
  return i32.sub(select(i32.ltU(next, total), next, i32.const(total)), beginning(part))
}

const addressOf = (address: number, place: Place): Code<'i32'> => {
  const space = spaceOf(address)
  const offset = offsetIn(address) | 0
  return space === 'fixed' ? i32.const(offset) : i32.add(place[space], offset)
}

const word = (record: number, n: number): Code<'i32'> => i32.load(i32.const((record + n * ENTRY) | 0))
