import { evaluate, random } from '@diffeo/autodiff'
import { checkerboard, explain, htru2, modulusTen, moments, splitByModulus, type Table, takeRows } from '@diffeo/data'
import type { Dataset } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { Setting } from './grid.ts'

/** What a training sees and what its flow is then shown, all in standard deviations of the training rows. */
export interface Rows {
  readonly training: Dataset
  readonly validation: Dataset
  readonly test: Dataset
  /** Inputs that no training has seen anything like. */
  readonly far: Readonly<Record<FarKind, Dataset>>
  /** What makes of a log-density in standard units one in the data's own. */
  readonly logDet: number
}

/**
 * `uniform`: over the box of the training rows, whose columns are then independent; `normal`: ten standard deviations wide;
 * `constant`: the same number in every column, from -100 to 100 standard deviations.
 */
export const FAR = ['uniform', 'normal', 'constant'] as const
export type FarKind = (typeof FAR)[number]
const FAR_ROWS = 256

const parts = async (data: Setting['data']): Promise<Readonly<Record<'train' | 'validation' | 'test', Table>>> => {
  if (data === 'checkerboard') {
    const [train, validation, test] = [7159, 1790, 1790].map((rows, i) => checkerboard.sample(i + 1, rows))
    return { train: train!, validation: validation!, test: test! }
  }
  const survey = await htru2()()
  if (E.isLeft(survey)) throw new Error(explain(survey.left))
  const split = splitByModulus(modulusTen)(survey.right)
  // Half of them: an epoch, after which a watch looks, is then fourteen steps.
  const half = Array.from({ length: split.train.rows >> 1 }, (_, i) => 2 * i)
  return { ...split, train: takeRows(half)(split.train) }
}

export const rowsOf = async (data: Setting['data']): Promise<Rows> => {
  const { train, validation, test } = await parts(data)
  const { mean, standardDeviation } = moments(train)
  const d = mean.length
  const standard = ({ columns, rows, data: cells }: Dataset): Dataset => ({
    columns,
    rows,
    // Rounded as the engine will, so that what is measured is the flow's.
    data: cells.map((x, i) => Math.fround((x - mean[i % d]!) / standardDeviation[i % d]!)),
  })
  const training = standard(train)
  const { minimum, maximum } = moments({ ...train, ...training })
  const table = (cell: (row: number, column: number) => number): Dataset => ({
    columns: training.columns,
    rows: FAR_ROWS,
    data: Float64Array.from({ length: FAR_ROWS * d }, (_, i) => Math.fround(cell(Math.floor(i / d), i % d))),
  })
  const uniform = evaluate(random.uniform(random.key(5), [FAR_ROWS * d])).data
  const normal = evaluate(random.normal(random.key(6), [FAR_ROWS * d])).data
  return {
    training,
    validation: standard(validation),
    test: standard(test),
    far: {
      uniform: table((i, j) => minimum[j]! + (maximum[j]! - minimum[j]!) * uniform[i * d + j]!),
      normal: table((i, j) => 10 * normal[i * d + j]!),
      constant: table((i) => -100 + (200 * i) / (FAR_ROWS - 1)),
    },
    logDet: -standardDeviation.reduce((sum, s) => sum + Math.log(s), 0),
  }
}
