import type { Row } from './row.ts'

const columns = [34, 18, 8, 12, 9] as const
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i < 2 ? cell.padEnd(columns[i]!) : cell.padStart(columns[i] ?? 0))).join('')

export const header = line(['workload', 'engine', 'threads', 'ms', 'ratio'])

const digits = (x: number): string => (x < 10 ? x.toFixed(3) : x < 100 ? x.toFixed(1) : x.toFixed(0))

/** A row of the table; a star where the machine was shared while it was measured. */
export const printed = (row: Row): string =>
  line([
    row.workload,
    row.engine,
    String(row.threads),
    row.workload.startsWith('memory') ? `${row.medianMs.toFixed(0)} MiB` : digits(row.medianMs),
    row.ratioToDiffeo === null ? '' : row.ratioToDiffeo.toFixed(2),
  ]) + (row.clean ? '' : ' *')
