import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { CliError } from '../../src/error.ts'
import { checkpointOf, ended, keepFor, opening } from '../../src/job/checkpoint.ts'
import { folder } from '../command.ts'

const array = { data: Float64Array.of(0.1, -0), shape: [2] }
const checkpoint = {
  identity: { flow: 'a flow', settings: '{"seed":0,"batchSize":256}' },
  epoch: 3,
  batch: 1,
  step: 10,
  running: -5.5,
  values: { trained: { shift: array }, state: {} },
  optimiser: { mean: array },
  average: undefined,
  best: undefined,
  history: [{ training: -1, validation: undefined }],
}
const kept = async (): Promise<string> => {
  const out = join(folder(), 'model')
  await keepFor(out)(checkpoint)
  return out
}

describe('a fit that meets an earlier one', () => {
  test('goes on from its checkpoint with --resume, starts again with --force, and asks otherwise', async () => {
    const out = await kept()
    expect(await opening(out, { resume: true, force: false })).toEqual(E.right(checkpoint))
    expect(await opening(out, { resume: false, force: true })).toEqual(E.right(undefined))
    expect(await opening(out, { resume: false, force: false })).toMatchObject({ left: { _tag: 'UnfinishedThere' } })
  })

  test('starts where there is none, and has nothing to resume', async () => {
    const out = join(folder(), 'model')
    expect(await opening(out, { resume: false, force: false })).toEqual(E.right(undefined))
    expect(await opening(out, { resume: true, force: true })).toMatchObject({ left: { _tag: 'NothingToResume' } })
  })

  test('leaves a folder of other things alone, even with --force', async () => {
    const out = join(folder(), 'model')
    mkdirSync(checkpointOf(out))
    writeFileSync(join(checkpointOf(out), 'notes.txt'), 'mine')
    expect(await opening(out, { resume: false, force: true })).toMatchObject({
      left: { _tag: 'Model', error: { _tag: 'Occupied' } },
    })
  })
})

describe('a fit that gave no model', () => {
  const fit = (error: Extract<CliError, { _tag: 'Fit' }>['error']): CliError => ({
    _tag: 'Fit',
    source: 'x.csv',
    error,
  })

  test('leaves no checkpoint when it diverged, since it would diverge again', async () => {
    const out = await kept()
    const error = fit({
      _tag: 'Diverged',
      epoch: 1,
      step: 2,
      tensor: 'log-likelihood',
      value: Number.NaN,
      row: undefined,
      best: undefined,
    })
    expect(await ended(error, out)).toBe(error)
    expect(existsSync(checkpointOf(out))).toBe(false)
  })

  test('keeps the checkpoint when it was stopped, and says so also where it was stopped after the training', async () => {
    const out = await kept()
    for (const error of [
      fit({ _tag: 'Aborted', epoch: 3, step: 10, checkpoint, best: undefined }),
      { _tag: 'Interrupted' } as const,
    ])
      expect(await ended(error, out)).toMatchObject({ _tag: 'Interrupted', kept: expect.stringContaining('--resume') })
    expect(existsSync(checkpointOf(out))).toBe(true)
    expect(await ended({ _tag: 'Interrupted' }, join(folder(), 'other'))).toEqual({ _tag: 'Interrupted' })
  })

  test('names the options that the checkpoint was made with where they differ', async () => {
    const error = fit({
      _tag: 'OtherTraining',
      what: 'settings',
      expected: '{"seed":1,"batchSize":256}',
      found: checkpoint.identity.settings,
    })
    expect(await ended(error, 'model')).toEqual({
      _tag: 'OtherFit',
      checkpoint: 'model.checkpoint',
      differs: 'other options (--seed 0)',
    })
  })
})
