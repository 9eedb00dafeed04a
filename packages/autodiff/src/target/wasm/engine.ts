import type { Plan } from '../../compile/plan.ts'
import { mistake } from '../../error.ts'
import type { DType } from '../../tensor/tensor.ts'
import type { EngineOptions, HostArray, RunOptions } from '../engine.ts'
import { engineOf, type Prepared, type SyncEngine } from '../shell.ts'
import { arraysIn, type Held } from './arrays.ts'
import { explainLinked } from './explain.ts'
import { formatOf } from './format.ts'
import { link } from './link.ts'
import { type Machine, machineOf } from './machine.ts'
import { engineMemory } from './memory.ts'
import { exampleFlops, withOneExample } from './oneExample.ts'
import { pairVectors } from './pairing.ts'
import { prepare } from './program.ts'
import { MOST_THREADS } from './threads/control.ts'
import { threadsHere } from './threads/here.ts'
import { callerAlone, poolOf } from './threads/pool.ts'
import { trialOn } from './trial.ts'
import { valuesOf, wordsOf } from './values.ts'

/** Threads when nothing is said: as many as run at once, up to this. */
const MANY = 8

/** Arrays in memory between runs; what is more waits outside. */
const MOST_BYTES = 2 ** 26

/** What a program's size decides; tests set it so that small programs take every way. */
export interface Limits {
  /** Operations from which on waking other threads takes less time than it saves. */
  readonly worth: number
  /** Bytes of scratch that a thread may take before its tiles get smaller. */
  readonly scratch: number
  /** Operations of an example from which on one that comes alone is worth a program of its own. */
  readonly single: number
}
const LIMITS: Limits = { worth: 2 ** 20, scratch: 2 ** 23, single: 2 ** 22 }

/**
 * The WebAssembly engine: four lanes to an instruction in float32, two in float64, kernels compiled for each program,
 * tiles of lanes shared out to threads. Results are the same to the bit for any number of threads.
 * @throws where the platform has no WebAssembly with vectors, or is asked for what this engine does not have
 */
export const openWasm = (options: EngineOptions = {}, given: Partial<Limits> = {}): SyncEngine<RunOptions> => {
  const limits: Limits = { ...LIMITS, ...given }
  const pairing = options.wide
    ? pairVectors((isOn) => trialOn(engineOn(machineOf(options, { isOn }), { threads: 1 }, LIMITS)))
    : undefined
  return engineOn(machineOf(options, pairing), options, limits)
}

const engineOn = (machine: Machine, options: EngineOptions, limits: Limits): SyncEngine<RunOptions> => {
  const format = formatOf(machine.precision, machine)
  const platform = threadsHere()
  const wanted = options.threads ?? Math.min(MANY, platform.cores)
  if (!(Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_THREADS))
    mistake(`open: expected a number of threads in 1 … ${MOST_THREADS}, got ${wanted}.`)
  const threads = 'why' in platform ? 1 : wanted
  const memory = engineMemory(machine.platform, threads > 1)
  const pool = 'why' in platform || threads === 1 ? callerAlone(memory) : poolOf(memory, threads, platform)
  const none = 'why' in platform && threads < wanted ? ` (${platform.why})` : ''
  const arrays = arraysIn(memory, MOST_BYTES)
  const threadsLine = (alone: readonly number[], profile: boolean): string => {
    if (threads === 1) return 'on one thread'
    const why = profile ? 'since kernels are timed' : 'for what runs on the host'
    const one = alone.length === 0 ? '' : `; on one, ${why}: phase ${alone.join(', ')}`
    return `on up to ${threads} threads${one}; other threads have run ${pool.helped()} parts of the engine's programs`
  }
  const compiled = (plan: Plan, name: string, profile: boolean): Prepared<Held, RunOptions> => {
    const times = profile ? new Map<string, number>() : undefined
    const linked = link(plan, memory, machine, limits.scratch, times)
    const execute = prepare(plan, linked, memory, arrays, pool, limits.worth)
    const alone = linked.phases.flatMap(({ hasTiles, part }, i) => (hasTiles && !part ? [i] : []))
    return {
      execute: (inputs, { count, offset }) => execute(inputs, { lanes: count, offset }),
      explain: () => explainLinked(name, linked, times, threadsLine(alone, profile)),
      dispose: linked.dispose,
    }
  }
  return engineOf<Held>({
    target: 'wasm',
    mode: `${machine.name} ${threads} ${threads === 1 ? 'thread' : 'threads'}${none}`,
    precision: machine.precision,
    hold: (data) => arrays.hold(wordsOf(data, typeOf(data), format)),
    numbersOf: (array, dtype) => valuesOf(arrays.read(array), dtype, format),
    free: arrays.free,
    prepare: (plan, { name, profile }) => {
      if (exampleFlops(plan) < limits.single) return compiled(plan, name, profile)
      return withOneExample(
        plan,
        (made, kind) => compiled(made, `${name}${kind}`, profile),
        (offset) => arrays.hold(wordsOf([offset], 'int', format)),
      )
    },
    ready: pool.ready,
    dispose: pool.dispose,
  })
}

const typeOf = (data: HostArray['data']): DType =>
  data instanceof Int32Array ? 'int' : data instanceof Uint8Array ? 'bool' : 'float'
