import { join } from 'node:path'
import type { EngineName } from '../engines/adapter.ts'
import type { Reply } from '../engines/protocol.ts'
import type { Arrays } from '../problem/files.ts'
import type { Row } from '../report/row.ts'
import type { Workload } from '../workloads/workload.ts'
import { distance } from './agree.ts'
import { median } from './median.ts'
import { type Remote, start } from './remote.ts'
import { type Block, type Blocks, inTurn, type Rounds } from './rounds.ts'

/** What a workload needs on disk, and what its check must give. */
export interface Materials {
  /** Holds `own` and `peer`. */
  readonly folder: string
  readonly expected: { readonly own: Arrays; readonly peer: Arrays }
}

export interface Measured {
  readonly rows: readonly Row[]
  readonly versions: { readonly [engine: string]: string }
  /** Why an engine is missing. */
  readonly remarks: readonly string[]
}

export const isOwn = (engine: EngineName): boolean => engine === 'diffeo' || engine === 'diffeo-reference'
/** Engines that take no number of threads. */
const asItIs = (engine: EngineName): boolean => engine === 'jax-js' || engine === 'tfjs-wasm'

/** Starts the engines, judges what each gives, and times those that gave the right thing in turn. */
export const measureInBlocks = async (
  workload: Workload,
  engines: readonly EngineName[],
  threads: number,
  { folder, expected }: Materials,
  blocks: Blocks,
): Promise<Measured> => {
  const remotes: Remote[] = []
  const versions: { [engine: string]: string } = {}
  const remarks: string[] = []
  let ourLosses: Float32Array | undefined
  for (const engine of engines) {
    const remote = start(engine, threads)
    const leave = async (why: string): Promise<void> => {
      remarks.push(`${workload.name}: ${engine} is left out: ${why}.`)
      await remote.end()
    }
    const opened = await remote.ask({ tag: 'open', threads })
    if (opened.tag !== 'opened') {
      await leave(opened.tag === 'failed' ? opened.why : opened.tag)
      continue
    }
    versions[engine] = opened.version
    if (opened.threads !== threads && !asItIs(engine)) {
      await leave(`it answers with ${opened.threads} of ${threads} threads`)
      continue
    }
    const form = isOwn(engine) ? 'own' : 'peer'
    const checked = await remote.ask({ tag: 'prepare', work: workload.work, folder: join(folder, form) })
    if (checked.tag === 'lacking') {
      await remote.end()
      continue
    }
    const wrong = judge(checked, expected[form], workload.tolerance, ourLosses)
    if (wrong) {
      await leave(wrong)
      continue
    }
    if (engine === 'diffeo' && checked.tag === 'checked') ourLosses = decoded(checked.results).losses
    remotes.push(remote)
  }
  const rounds = await inTurn(remotes, threads, blocks)
  for (const remote of remotes) await remote.end()
  return { rows: rowsOf(workload, remotes, threads, rounds, blocks), versions, remarks }
}

/** Steps of Adam multiply small differences, so the losses of a short training are compared more widely than a gradient. */
const TRAINED = 1e-2

const judge = (
  checked: Reply,
  expected: Arrays,
  tolerance: number,
  losses: Float32Array | undefined,
): string | undefined => {
  if (checked.tag !== 'checked') return checked.tag === 'failed' ? checked.why : checked.tag
  const got = decoded(checked.results)
  const apart = distance(got, expected)
  if (!(apart <= tolerance)) return `its result is ${apart.toExponential(1)} from the reference, more than ${tolerance}`
  const trained = losses ? distance(got, { losses }) : 0
  return trained <= TRAINED ? undefined : `its first steps lead ${trained.toExponential(1)} away from ours`
}

const decoded = (results: { readonly [name: string]: string }): Arrays =>
  Object.fromEntries(
    Object.entries(results).map(([name, text]) => {
      const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
      return [name, new Float32Array(bytes.buffer)]
    }),
  )

const rowsOf = (
  workload: Workload,
  remotes: readonly Remote[],
  threads: number,
  rounds: Rounds,
  { wanted }: Blocks,
): readonly Row[] => {
  const undisturbed = rounds.filter((round) => round.every((block) => block.clean))
  const clean = undisturbed.length >= wanted
  const counted = clean ? undisturbed : rounds
  // On a crowded machine the clock of one thread counts waiting; the time it held a processor says more.
  const time = (block: Block): number => (!clean && threads === 1 ? block.processor : block.milliseconds)
  const ours = remotes.findIndex(({ engine }) => engine === 'diffeo')
  return remotes.map(({ engine }, e) => ({
    workload: workload.name,
    engine,
    threads,
    medianMs: median(counted.map((round) => time(round[e]!))) / workload.per,
    ratioToDiffeo: ours < 0 ? null : median(counted.map((round) => time(round[e]!) / time(round[ours]!))),
    rounds: counted.length,
    clean,
  }))
}
