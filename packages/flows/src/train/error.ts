import type { Arrays } from './arrays.ts'
import type { Checkpoint } from './checkpoint.ts'

/** Which of the two tables of a training. */
export type Part = 'training' | 'validation'

/** The best parameters a training had found when it ended early. */
export interface Found {
  readonly params: Arrays
  /** 0-based. */
  readonly epoch: number
  readonly logLikelihood: number
}

/** Why a training gave no result. Rows are 0-based places in the table that was passed. Facts only; `explainFit` words them. */
export type FitError =
  | { readonly _tag: 'NoRows'; readonly part: Part }
  | {
      readonly _tag: 'WrongWidth'
      readonly part: Part
      readonly expected: number
      readonly columns: readonly string[]
    }
  | {
      readonly _tag: 'BadCell'
      readonly part: Part
      readonly row: number
      readonly column: string
      readonly value: number
    }
  | {
      readonly _tag: 'OutsideSupport'
      readonly part: Part
      readonly row: number
      readonly column: string
      readonly value: number
      readonly support: string
    }
  /** A number that must stay finite did not. `tensor`: the log-likelihood, or the gradient of a parameter by its path. */
  | {
      readonly _tag: 'Diverged'
      readonly epoch: number
      readonly step: number
      readonly tensor: string
      readonly value: number
      /** The first row of the batch that has no finite log-density at the best parameters so far, where there is one. */
      readonly row: number | undefined
      readonly best: Found | undefined
    }
  /** The flow or its inverse came to stretch further than the watch allows. */
  | {
      readonly _tag: 'Unstable'
      readonly epoch: number
      readonly step: number
      readonly forward: number
      readonly inverse: number
      readonly limit: number
      readonly best: Found | undefined
    }
  | {
      readonly _tag: 'Aborted'
      readonly epoch: number
      readonly step: number
      /** Continues where the training stopped, to the same bits. */
      readonly checkpoint: Checkpoint
      readonly best: Found | undefined
    }
  /** A checkpoint that belongs to another training. */
  | { readonly _tag: 'OtherTraining'; readonly what: string; readonly expected: string; readonly found: string }
  | { readonly _tag: 'CheckpointFailed'; readonly epoch: number; readonly detail: string }

/** One sentence: what was expected, what came, where, what to do. */
export const explainFit = (e: FitError): string => {
  switch (e._tag) {
    case 'NoRows':
      return `The ${e.part} data have no rows; a density needs at least one.`
    case 'WrongWidth':
      return `The flow is made for ${e.expected} ${e.expected === 1 ? 'column' : 'columns'}, the ${e.part} data have ${e.columns.length} (${e.columns.join(', ')}); select columns or size the flow to them.`
    case 'BadCell':
      return `Expected finite numbers in the ${e.part} data, found ${e.value} in row ${e.row}, column "${e.column}"; mend or remove that row.`
    case 'OutsideSupport':
      return `The flow lives on ${e.support}, but the ${e.part} data have ${e.value} in row ${e.row}, column "${e.column}"; transform that column or choose a flow on all reals.`
    case 'Diverged':
      return `The training diverged in step ${e.step} (epoch ${e.epoch}): the ${e.tensor} became ${e.value}${e.row === undefined ? '' : `, and row ${e.row} of the training data has no finite log-density`}; try a lower learning rate or a lower clipping norm, and look for extreme values in the data.`
    case 'Unstable':
      return `The training was stopped after epoch ${e.epoch}: the ${e.inverse > e.forward ? 'inverse of the flow' : 'flow'} stretches by ${String(Number(Math.max(e.forward, e.inverse).toPrecision(3)))}, more than the ${e.limit} that is allowed; bound the layers' scales, add a penalty, or lower the learning rate.`
    case 'Aborted':
      return `The training was stopped in step ${e.step} (epoch ${e.epoch}); resume it from its checkpoint.`
    case 'OtherTraining':
      return `The checkpoint belongs to another training: its ${e.what} is ${e.found}, this one has ${e.expected}; start anew or resume with the same settings.`
    case 'CheckpointFailed':
      return `The checkpoint of epoch ${e.epoch} could not be kept: ${e.detail}.`
  }
}
