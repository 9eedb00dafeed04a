import { join } from 'node:path'
import { checkTable, explainFinding } from '@diffeo/data'
import type { theory as flows } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { writeWhole } from '../files/writeWhole.ts'
import { read, stemOf } from '../job/source.ts'
import { print, say, type Terminal } from '../terminal.ts'
import { pageOf } from '../theory/page.ts'
import { pictureOf } from '../theory/picture.ts'
import { theoryOf } from '../theory/report.ts'

export interface TheoryOptions {
  readonly columns?: readonly string[]
  readonly units: flows.PcaUnits
  /** Where the picture goes; by default named after the file. */
  readonly out?: string
  readonly json?: true
}

/** What a table allows before anything is fitted to it. */
export const theory = async (
  terminal: Terminal,
  file: string,
  { columns, units, out = placeFor(file), json }: TheoryOptions,
): Promise<E.Either<CliError, void>> => {
  const source = await read(file, columns, { split: { kind: 'modulus' } })
  if (E.isLeft(source)) return source
  const { table, entropy } = source.right
  const findings = checkTable(table)
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) return E.left({ _tag: 'Unfit', source: table.source, part: 'all', findings: errors })
  const report = theoryOf(table, { units, data: file, picture: out, entropy })
  if (E.isLeft(report)) return E.left({ _tag: 'Theory', source: table.source, part: 'all', error: report.left })
  for (const finding of findings) say(terminal, `warning: ${table.source}: ${explainFinding(finding)}`)
  const written = await writeWhole(out, pictureOf(report.right))
  if (E.isLeft(written)) return written
  if (json) print(terminal, JSON.stringify(report.right))
  else for (const line of pageOf(report.right)) print(terminal, line)
  return E.right(undefined)
}

const placeFor = (file: string): string => join('out', `${stemOf(file, 'table')}.theory.svg`)
