import { nats } from '../text/number.ts'

/** How far a fit is. Log-likelihoods are means per row, in nats. */
export interface Moment {
  /** Steps taken and steps in all, at most. */
  readonly step: number
  readonly steps: number
  /** Epochs finished and epochs in all, at most. */
  readonly epoch: number
  readonly epochs: number
  /** Of the last epoch, on the validation rows, and the best so far; nothing before the first epoch ends. */
  readonly validation: number | undefined
  readonly best: number | undefined
  /** What the best is held against: the ceiling of linear flows, and what the exact density reaches, where it is known. */
  readonly linear?: number
  readonly exact?: number
}

/** Shows moments as they come; `stop` leaves the last one standing. */
export interface Progress {
  show(moment: Moment): void
  stop(): void
}

/** `epoch 3/60, validation 1.234 (best 1.240, 0.345 above linear, 0.012 below exact)`, as far as it is known. */
export const describe = ({ epoch, epochs, validation, best, linear, exact }: Moment): string => {
  if (validation === undefined || best === undefined) return `epoch ${epoch}/${epochs}`
  const against = (name: string, mark: number | undefined): readonly string[] =>
    mark === undefined ? [] : [`${nats(Math.abs(best - mark))} ${best < mark ? 'below' : 'above'} ${name}`]
  const all = [`best ${nats(best)}`, ...against('linear', linear), ...against('exact', exact)]
  return `epoch ${epoch}/${epochs}, validation ${nats(validation)} (${all.join(', ')})`
}

/** The same in fewer columns: `epoch 3/60, 1.234 (best 1.240, linear +0.345, exact -0.012)`. */
export const describeShortly = ({ epoch, epochs, validation, best, linear, exact }: Moment): string => {
  if (validation === undefined || best === undefined) return `epoch ${epoch}/${epochs}`
  const against = (name: string, mark: number | undefined): readonly string[] =>
    mark === undefined ? [] : [`${name} ${best < mark ? '' : '+'}${nats(best - mark)}`]
  const all = [`best ${nats(best)}`, ...against('linear', linear), ...against('exact', exact)]
  return `epoch ${epoch}/${epochs}, ${nats(validation)} (${all.join(', ')})`
}
