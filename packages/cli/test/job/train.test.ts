import { type Engine, open, openReference } from '@diffeo/autodiff'
import { table } from '@diffeo/data'
import { type Checkpoint, type Flow, fitOrThrow, realNVP } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { train } from '../../src/job/train.ts'

const rows = table({ columns: ['x', 'y'], data: Float64Array.from({ length: 120 }, (_, i) => Math.sin(i * i)) })
const flow = realNVP({ dim: 2, layers: 2, hidden: [4] }) as unknown as Flow
const training = { seed: 0, epochs: 3, batchSize: 30, learningRate: 1e-3, patience: 3 }

/** Goes on from a checkpoint on an engine, and gives what the user was warned of. */
const warnings = async (resumeFrom: Checkpoint, engine: Engine): Promise<readonly string[]> => {
  const told: string[] = []
  const silent = { write: () => undefined }
  const outcome = await train(flow, { train: rows, validation: rows }, training, {
    terminal: { out: silent, err: silent, debug: false },
    title: 'fit',
    signal: new AbortController().signal,
    marks: { shift: 0, linear: 0 },
    warn: (line) => told.push(line),
    engine,
    resumeFrom,
  })
  expect(E.isRight(outcome)).toBe(true)
  return told
}

test('a fit that goes on from a checkpoint of another engine warns of it in one line, on its own engine it does not', async () => {
  const kept: Checkpoint[] = []
  const checkpoint = (c: Checkpoint): void => void kept.push(c)
  const wasm = await open('wasm', { threads: 1 })
  await fitOrThrow(flow, rows, { ...training, validation: rows, checkpoint, engine: wasm })
  expect(await warnings(kept[0]!, wasm)).toEqual([])
  expect(await warnings(kept[0]!, openReference())).toEqual([
    'the checkpoint was made on wasm float32 and is continued on reference float64; the last digits may differ from those of a fit that was never stopped.',
  ])
  wasm.dispose()
})
