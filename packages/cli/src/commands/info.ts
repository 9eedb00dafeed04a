import { countParameters, type Spec } from '@diffeo/flows'
import type { Model } from '@diffeo/flows/export'
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { command, type Start } from '../command.ts'
import type { CliError } from '../error.ts'
import { type Loaded, load } from '../job/model.ts'
import { summaryOf } from '../job/summary.ts'
import { print, type Terminal } from '../terminal.ts'
import { counted } from '../text/number.ts'

const EXAMPLES = `
Example:
  $ diffeo info out/survey
`

/** `diffeo info MODEL`. */
export const infoCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'info')
    .description('Say what a saved model is: its columns, layers and parameters, and what its fit reached.')
    .argument('<model>', 'folder of a saved model')
    .option('--json', 'print it as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action((folder: string, { json = false }: { readonly json?: boolean }) =>
      start('diffeo info', () => info(terminal, folder, json)),
    )

const info = async (terminal: Terminal, folder: string, json: boolean): Promise<E.Either<CliError, void>> => {
  const loaded = await load(folder)
  if (E.isLeft(loaded)) return loaded
  const { model, kept } = loaded.right
  if (json) print(terminal, JSON.stringify({ model: folder, ...factsOf(model), report: kept?.report ?? null }))
  else for (const line of pageOf(folder, loaded.right)) print(terminal, line)
  return E.right(undefined)
}

const factsOf = ({ flow, columns }: Model) => ({
  columns,
  layers: layersOf(flow.bijector.spec).map(({ kind }) => kind),
  base: flow.base.spec.kind,
  exactness: flow.exactness,
  parameters: countParameters(flow.parameters, 'trained'),
})

/** A chain tells its layers, anything else is one. */
const layersOf = (spec: Spec): readonly Spec[] => (spec.kind === 'chain' ? spec.parts : [spec])

const pageOf = (folder: string, { model, kept }: Loaded): readonly string[] => {
  const { columns, layers, base, parameters } = factsOf(model)
  return [
    `${folder}: a flow of ${counted(columns.length, 'column')}, ${counted(parameters, 'parameter')}`,
    `columns: ${columns.join(', ')}`,
    `layers, from data to ${base}: ${runs(layers).join(', ')}`,
    ...(kept === undefined ? [] : ['', ...summaryOf(kept.report)]),
  ]
}

/** `standardise, 3 x coupling`. */
const runs = (kinds: readonly string[]): readonly string[] => {
  const found: { readonly kind: string; times: number }[] = []
  for (const kind of kinds) {
    const last = found.at(-1)
    if (last?.kind === kind) last.times++
    else found.push({ kind, times: 1 })
  }
  return found.map(({ kind, times }) => (times === 1 ? kind : `${times} x ${kind}`))
}
