import { countParameters, type Spec } from '@diffeo/flows'
import type { Model } from '@diffeo/flows/export'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { type Loaded, load } from '../job/model.ts'
import { summaryOf } from '../job/summary.ts'
import { print, type Terminal } from '../terminal.ts'
import { counted } from '../text/number.ts'

/** What a model is. */
export const info = async (terminal: Terminal, folder: string, json: boolean): Promise<E.Either<CliError, void>> => {
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
