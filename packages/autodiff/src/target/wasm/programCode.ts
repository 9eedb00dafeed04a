import { constants } from './assembler/constants.ts'
import type { Func, Signature } from './assembler/function.ts'
import type { Format } from './format.ts'
import type { Action, Kernel } from './kernels/kernel.ts'
import type { EngineMemory } from './memory.ts'
import { moduleBytes } from './module.ts'
import { partOf, type Sequence, sequenceOf, shareOf } from './phaseCode.ts'
import { type Exports, instantiate, type WebAssemblyPlatform } from './platform.ts'
import type { Step } from './tasks.ts'
import { partName, type RunPart } from './threads/pool.ts'

/**
 * The functions of a program. They are gathered first, for they become one module; what is given for each can be called
 * once that is done.
 */
export interface ProgramCode {
  /** Actions one after another. */
  step(name: string, actions: readonly Action[]): Step
  /** Actions on all tiles of a part; `number` is that of the phase, `stride` the bytes of a part's sums. */
  part(number: number, actions: readonly Action[], stride: number): RunPart
  /** A part of uniform tasks that need nothing of one another, by a number as phases have. */
  share(number: number, tasks: readonly (readonly Action[])[]): RunPart
  launches(): number
  kernels(): number
  /** Makes the module; gives its bytes, for other threads. */
  finish(): Uint8Array
}

/** Room for the vector constants of a program; more of them are written into the code. */
const CONSTANT_BYTES = 4096

/** `record`: address of the run's record; `allocate` gives room that is the program's. */
export const programCode = (
  format: Format,
  record: number,
  memory: EngineMemory,
  allocate: (bytes: number) => number,
  platform: WebAssemblyPlatform,
): ProgramCode => {
  const functions: Record<string, Func<Signature, 'none'>> = {}
  const built = new Map<string, Func<Signature, 'none'>>()
  let exports: Exports = {}
  let launches = 0

  const functionOf = (kernel: Kernel): Func<Signature, 'none'> => {
    const known = built.get(kernel.key) ?? kernel.build(format)
    built.set(kernel.key, known)
    return known
  }
  const sequence = (name: string, actions: readonly Action[]): Sequence => {
    launches += launchesIn(actions)
    return sequenceOf(name, actions, record, functionOf)
  }
  const add = (name: string, made: unknown): void => {
    functions[name] = made as Func<Signature, 'none'>
  }
  return {
    step: (name, actions) => {
      add(name, sequence(name, actions))
      return ({ scratch, state, start, lanes }) => exports[name]!(scratch, state, start, lanes)
    },
    part: (number, actions, stride) => {
      const name = partName(number)
      add(name, partOf(name, sequence(`tile${number}`, actions), stride, format, record))
      return (part, scratch) => exports[name]!(part, scratch)
    },
    share: (number, tasks) => {
      const name = partName(number)
      launches += launchesIn(tasks.flat())
      add(name, shareOf(name, tasks, record, functionOf))
      return (part, scratch) => exports[name]!(part, scratch)
    },
    launches: () => launches,
    kernels: () => built.size,
    finish: () => {
      const pool = constants({ at: allocate(CONSTANT_BYTES), bytes: CONSTANT_BYTES })
      const bytes = moduleBytes(functions, memory, pool)
      const { at, bytes: values } = pool.segment()
      new Uint8Array(memory.memory.buffer).set(values, at)
      exports = instantiate(bytes, memory.memory, platform)
      return bytes
    },
  }
}

/** Launches as they are written down: those in a loop once. */
const launchesIn = (actions: readonly Action[]): number =>
  actions.reduce((n, action) => n + ('turn' in action ? launchesIn(action.turn) : Number('kernel' in action)), 0)
