import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Child, cloud, csv, folder, run } from './command.ts'

const FIT = [
  'fit',
  'data.csv',
  '--out',
  'model',
  '--layers',
  '2',
  '--hidden',
  '8',
  '--epochs',
  '400',
  '--patience',
  '400',
]

/** Presses Ctrl-C once, when the first epoch is told. */
const afterAnEpoch = () => {
  let pressed = false
  return (err: string, child: Child): void => {
    if (!pressed && err.includes('epoch ')) pressed = child.kill('SIGINT')
  }
}

test('Ctrl-C leaves a checkpoint and no model, and --resume ends with the bits of a fit that was never stopped', async () => {
  const [whole, cut] = [folder(), folder()]
  for (const here of [whole, cut]) csv(here, cloud(200))
  const never = run(whole, FIT)
  const stopped = await run(cut, FIT, afterAnEpoch())
  expect({ status: stopped.status, out: stopped.out }).toEqual({ status: 130, out: '' })
  expect(stopped.err.trimEnd().split('\n').at(-1)).toMatch(
    /^diffeo fit: stopped in epoch \d+; run the same command with --resume to continue \(from model\.checkpoint\)\.$/,
  )
  expect(readdirSync(cut).sort()).toEqual(['data.csv', 'model.checkpoint'])

  const unasked = await run(cut, FIT)
  expect({ status: unasked.status, err: unasked.err }).toEqual({
    status: 1,
    err: 'diffeo fit: model: a fit to it was stopped half-way (model.checkpoint); add --resume to continue it, or --force to start again.\n',
  })
  const other = await run(cut, [...FIT, '--resume', '--seed', '5', '--learning-rate', '0.01'])
  expect({ status: other.status, err: other.err }).toEqual({
    status: 1,
    err: 'diffeo fit: model.checkpoint: was made with other options (--seed 0, --learning-rate 0.003); resume with the same data and options, or add --force without --resume to start again.\n',
  })

  const epoch = (text: string, pattern: RegExp): number => Number(pattern.exec(text)![1])
  const resumed = await run(cut, [...FIT, '--resume'])
  expect(resumed.status).toBe(0)
  // It goes on from the last whole epoch before it was stopped.
  expect(epoch(resumed.err, /epoch (\d+)\/400/)).toBeGreaterThanOrEqual(
    epoch(stopped.err, /stopped in epoch (\d+)/) - 1,
  )
  expect((await never).status).toBe(0)
  expect(readdirSync(cut).sort()).toEqual(['data.csv', 'model'])
  expect(readFileSync(join(cut, 'model', 'weights.bin'))).toEqual(readFileSync(join(whole, 'model', 'weights.bin')))
  const reportIn = (here: string) => JSON.parse(readFileSync(join(here, 'model', 'model.json'), 'utf8')).metadata.report
  expect({ ...reportIn(cut), seconds: 0 }).toEqual({ ...reportIn(whole), seconds: 0 })
}, 60_000)

test('--resume without a stopped fit ends with status 1', async () => {
  const here = folder()
  csv(here, cloud(60))
  const { status, err } = await run(here, [...FIT, '--resume'])
  expect({ status, err }).toEqual({
    status: 1,
    err: 'diffeo fit: model.checkpoint: there is no such folder, so no stopped fit to resume; leave --resume out to start one.\n',
  })
  expect(existsSync(join(here, 'model'))).toBe(false)
})
