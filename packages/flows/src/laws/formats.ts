import type { Precision, SyncEngine } from '@diffeo/autodiff'
import { mistake } from '../mistake.ts'
import type { Judged } from './compiled.ts'

/** What a law is judged on. */
export interface JudgedOn {
  /** Number formats in which it must hold, both when left out: on the reference, and on those engines that compute in them. */
  readonly precisions?: readonly Precision[]
  /**
   * Engines on which it must hold besides the reference, each in its own number format. Tolerances come from the
   * reference for all. They may be shared by many laws: an engine keeps the programs of the last laws only.
   */
  readonly engines?: readonly SyncEngine[]
}

/** A number format, and all that is judged in it. */
export interface Format {
  readonly precision: Precision
  readonly judged: readonly Judged[]
}

/** @throws when there are engines, and none computes in a format that is asked for */
export const formatsOf = (
  name: string,
  { precisions = ['float64', 'float32'], engines = [] }: JudgedOn,
): readonly Format[] => {
  if (engines.length > 0 && !engines.some(({ precision }) => precisions.includes(precision)))
    mistake(`${name}: is asked in ${precisions.join(' and ')}, but the engine computes in ${engines[0]!.precision}.`)
  return precisions.map((precision) => ({
    precision,
    judged: [
      precision === 'float64' ? 'exact' : 'float32',
      ...engines.filter((engine) => engine.precision === precision).map((on) => ({ on })),
    ],
  }))
}

/** All that is judged where the reference is in float64 only. */
export const judgedOf = (engines: JudgedOn['engines'] = []): readonly Judged[] => [
  'exact',
  ...engines.map((on) => ({ on })),
]

export const precisionOf = (judged: Judged): Precision => {
  if (judged === 'exact') return 'float64'
  return judged === 'float32' ? judged : judged.on.precision
}

/** Where something was computed, in words. */
export const showJudged = (judged: Judged): string =>
  typeof judged === 'object' ? `on ${judged.on.mode}` : `in ${precisionOf(judged)}`
