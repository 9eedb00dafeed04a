/**
 * Times this library and its peers on the same work: `pnpm bench`, see README.md.
 *
 * Engines run in processes of their own and compute only in their turn; each shows first that its results are right.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineName } from './engines/adapter.ts'
import { type Materials, type Measured, measureInBlocks } from './measure/inBlocks.ts'
import { measureInProcesses } from './measure/inProcesses.ts'
import { machineNow } from './measure/machine.ts'
import { multiplyAddPeak } from './measure/peak.ts'
import { python } from './measure/remote.ts'
import { type Options, optionsOf, USAGE } from './options.ts'
import { expectedOf } from './problem/expected.ts'
import { inputsOf, writeArrays } from './problem/files.ts'
import { header, printed } from './report/print.ts'
import type { Report, Row } from './report/row.ts'
import { type Workload, workloads } from './workloads/index.ts'

const LONG = { seconds: 0.15, wanted: 7, most: 21, patience: 12_000 }
const SHORT = { seconds: 0.05, wanted: 3, most: 5, patience: 1_000 }

const materialsOf = (workload: Workload, folder: string): Materials => {
  const { own, peer } = inputsOf(workload.work)
  writeArrays(join(folder, 'own'), own)
  writeArrays(join(folder, 'peer'), peer)
  // Whole processes are judged by the workload whose steps are timed.
  const expected = workload.measured === 'blocks' ? expectedOf(workload.work) : { own: {}, peer: {} }
  return { folder, expected }
}

const measure = async (workload: Workload, options: Options, torch: boolean, folder: string): Promise<Measured[]> => {
  const materials = materialsOf(workload, folder)
  const wanted = (engine: EngineName): boolean =>
    (!engine.startsWith('torch') || (torch && !options.quick)) && !(engine === 'diffeo-reference' && options.quick)
  const engines = workload.engines.filter(wanted)
  if (workload.measured !== 'blocks')
    return options.threads.includes(1)
      ? [await measureInProcesses(workload, engines, materials, options.quick ? 1 : 5)]
      : []
  const all: Measured[] = []
  for (const threads of options.threads)
    all.push(
      await measureInBlocks(
        workload,
        // The reference has one thread.
        engines.filter((engine) => engine !== 'diffeo-reference' || threads === 1),
        threads,
        materials,
        options.quick ? SHORT : LONG,
      ),
    )
  return all
}

const main = async (options: Options): Promise<void> => {
  const peak = multiplyAddPeak()
  const machine = { ...machineNow(), ...(peak && { multiplyAddGflops: Math.round(peak * 10) / 10 }) }
  console.log(
    Object.entries(machine)
      .map(([fact, value]) => `${fact} ${value}`)
      .join(', '),
  )
  const torch = options.quick ? false : python() !== null
  if (!options.quick && !torch) console.log('No python3 here imports torch, so it is left out (Debian: python3-torch).')
  console.log(header)
  const rows: Row[] = []
  let versions: Report['versions'] = {}
  const chosen = workloads.filter(
    ({ name, quick }) => (quick || !options.quick) && (options.only === undefined || name.includes(options.only)),
  )
  for (const workload of chosen) {
    const folder = mkdtempSync(join(tmpdir(), 'diffeo-bench-'))
    try {
      for (const found of await measure(workload, options, torch, folder)) {
        rows.push(...found.rows)
        versions = { ...versions, ...found.versions }
        for (const row of found.rows) console.log(printed(row))
        for (const remark of found.remarks) console.log(`  ${remark}`)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  if (rows.some(({ clean }) => !clean))
    console.log(
      '* other work took the machine meanwhile: processor time for one thread, the clock for more; rougher, and useless for more threads than were free.',
    )
  if (options.json !== undefined) {
    const report: Report = { versions: { ...versions, node: process.version }, machine, rows }
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  }
}

let options: Options | undefined
try {
  options = optionsOf(process.argv.slice(2))
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}
if (options) await main(options)
