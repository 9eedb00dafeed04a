import { join } from 'node:path'
import type { EngineName } from '../engines/adapter.ts'
import type { Row } from '../report/row.ts'
import type { Workload } from '../workloads/workload.ts'
import { bundledHost } from './bundled.ts'
import { wholeProcess } from './cold.ts'
import { isOwn, type Materials, type Measured } from './inBlocks.ts'
import { median } from './median.ts'
import { commandOf } from './remote.ts'

/** Steps after which memory no longer grows. */
const STEPS = 100

/**
 * Whole processes, engine after engine in every round: from the start to the end of one step, or the peak memory of a
 * training of 100. The same work is judged where steps are timed.
 */
export const measureInProcesses = async (
  workload: Workload,
  engines: readonly EngineName[],
  { folder }: Materials,
  rounds: number,
): Promise<Measured> => {
  const host = await bundledHost()
  const memory = workload.measured === 'peakMemory'
  const found = Array.from({ length: memory ? 1 : rounds }, () =>
    engines.map((engine) => {
      const { milliseconds, mebibytes } = wholeProcess(
        isOwn(engine) ? [process.execPath, host, engine] : commandOf(engine),
        workload.work,
        join(folder, isOwn(engine) ? 'own' : 'peer'),
        memory ? STEPS : 1,
      )
      return memory ? mebibytes : milliseconds
    }),
  )
  const ours = engines.indexOf('diffeo')
  return {
    rows: engines.map(
      (engine, e): Row => ({
        workload: workload.name,
        engine,
        threads: 1,
        medianMs: median(found.map((round) => round[e]!)),
        ratioToDiffeo: ours < 0 ? null : median(found.map((round) => round[e]! / round[ours]!)),
        rounds: found.length,
        // Nothing here tells whether a process had to wait for the machine.
        clean: true,
      }),
    ),
    versions: {},
    remarks: [],
  }
}
