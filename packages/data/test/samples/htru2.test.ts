import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { htru2, readCsv } from '../../src/index.ts'
import { rightOf } from '../either.ts'

const source = join(process.env.DIFFEO_DATA_DIR ?? join(import.meta.dirname, '../../../../../shared/data'), 'htru2.csv')

test('the HTRU2 sample has 17,898 rows of 8 measurements, 1,639 of them pulsars', async () => {
  const survey = rightOf(await htru2()())
  expect([survey.rows, survey.columns.length]).toEqual([17_898, 8])
  const pulsars = survey.labels.target_class!.filter((kind) => kind === 'pulsar').length
  expect([pulsars, survey.rows - pulsars]).toEqual([1639, 16_259])
  expect([...survey.data.subarray(0, 3)]).toEqual([140.5625, 55.68378214, -0.234571412])
})

test.skipIf(!existsSync(source))('the HTRU2 sample equals the survey it was packed from', async () => {
  const [packed, original] = [rightOf(await htru2()()), rightOf(await readCsv(source)())]
  expect({ ...packed, source: '' }).toEqual({ ...original, source: '' })
})
if (!existsSync(source)) console.log(`HTRU2 is not compared with its source: there is no ${source}`)
