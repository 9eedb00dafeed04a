import { cpus, loadavg, totalmem } from 'node:os'

/** The machine as far as it matters to a time. */
export const machineNow = (): { readonly [fact: string]: string | number } => ({
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  load: Math.round(loadavg()[0]! * 100) / 100,
})
