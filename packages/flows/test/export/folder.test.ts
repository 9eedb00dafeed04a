import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtInKinds } from '../../src/catalogue.ts'
import { explainModel } from '../../src/export/error.ts'
import { textFile } from '../../src/export/files.ts'
import { loadCheckpoint, loadModel, refusal, saveCheckpoint, saveModel } from '../../src/export/folder.ts'
import type { Model } from '../../src/export/model.ts'
import { builtInFlowKinds } from '../../src/rebuildFlow.ts'
import type { Checkpoint } from '../../src/train/checkpoint.ts'
import { fitOrThrow } from '../../src/train/fit.ts'
import { left, right } from '../either.ts'
import { affineFlow, affineKind } from '../train/affineFlow.ts'
import { normalTable } from '../train/table.ts'

const kinds = { ...builtInFlowKinds, bijectors: [...builtInKinds.bijectors, affineKind] }
let root: string
let model: Model
let checkpoint: Checkpoint

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'diffeo-'))
  const flow = affineFlow(2)
  const data = normalTable(60, [1, 2], [1, 3])
  const { params } = await fitOrThrow(flow, data, {
    epochs: 1,
    checkpoint: (c) => {
      checkpoint = c
    },
  })
  model = { flow, params, columns: data.columns, metadata: null }
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('a model folder', () => {
  test('is written whole, into folders that do not exist yet, and loads again', async () => {
    const folder = join(root, 'deep/er/model')
    right(await saveModel(folder, model, { extra: { 'summary.txt': textFile('good\n') } })())
    expect((await readdir(folder)).sort()).toEqual(['contents.json', 'model.json', 'summary.txt', 'weights.bin'])
    expect(await readdir(join(root, 'deep/er'))).toEqual(['model'])
    expect(right(await loadModel(folder, kinds)()).params).toStrictEqual(model.params)
  })

  test('replaces an earlier model only when told to, and then as a whole', async () => {
    const folder = join(root, 'twice')
    right(await saveModel(folder, model, { extra: { 'summary.txt': textFile('old\n') } })())
    expect(left(await saveModel(folder, model)())._tag).toBe('Exists')
    expect((await refusal(folder, false))?._tag).toBe('Exists')
    expect(await refusal(folder, true)).toBeUndefined()
    right(await saveModel(folder, model, { replace: true })())
    expect((await readdir(folder)).sort()).toEqual(['contents.json', 'model.json', 'weights.bin'])
  })

  test('is refused where anything else would be lost, which stays as it is', async () => {
    const folder = join(root, 'thesis')
    await mkdir(folder)
    await writeFile(join(folder, 'chapter1.txt'), 'years of work')
    const error = left(await saveModel(folder, model, { replace: true })())
    expect(explainModel(error)).toContain('"chapter1.txt"')
    expect(await readFile(join(folder, 'chapter1.txt'), 'utf8')).toBe('years of work')
  })

  test('is refused beside a foreign file in an earlier model', async () => {
    const folder = join(root, 'noted')
    right(await saveModel(folder, model)())
    await writeFile(join(folder, 'notes.txt'), 'mine')
    expect(left(await saveModel(folder, model, { replace: true })())).toMatchObject({
      _tag: 'Occupied',
      found: '"notes.txt"',
    })
  })

  test('takes the place of an empty folder, not of a file', async () => {
    await mkdir(join(root, 'empty'))
    right(await saveModel(join(root, 'empty'), model)())
    await writeFile(join(root, 'file'), '')
    expect(left(await saveModel(join(root, 'file'), model, { replace: true })())).toMatchObject({ found: 'a file' })
  })

  test('that is missing, or lacks its weights, is named', async () => {
    expect(left(await loadModel(join(root, 'nowhere'), kinds)())).toMatchObject({ _tag: 'Missing' })
    const folder = join(root, 'half')
    right(await saveModel(folder, model)())
    await rm(join(folder, 'weights.bin'))
    expect(left(await loadModel(folder, kinds)())).toEqual({ _tag: 'Missing', path: join(folder, 'weights.bin') })
  })

  test('cannot be written below a file', async () => {
    await writeFile(join(root, 'plain'), '')
    expect(explainModel(left(await saveModel(join(root, 'plain/model'), model)()))).toContain(
      'a part of the path is a file',
    )
  })
})

describe('a checkpoint folder', () => {
  test('holds the last checkpoint saved to it', async () => {
    const folder = join(root, 'checkpoint')
    right(await saveCheckpoint(folder, { ...checkpoint, step: 1 })())
    right(await saveCheckpoint(folder, checkpoint)())
    expect(right(await loadCheckpoint(folder)())).toEqual(checkpoint)
  })

  test('does not replace a model', async () => {
    const folder = join(root, 'precious')
    right(await saveModel(folder, model)())
    expect(left(await saveCheckpoint(folder, checkpoint)())._tag).toBe('Occupied')
  })
})
