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
}

/** Shows moments as they come; `stop` leaves the last one standing. */
export interface Progress {
  show(moment: Moment): void
  stop(): void
}

/** `epoch 3/60, validation 1.234 (best 1.240)`, as far as it is known. */
export const describe = ({ epoch, epochs, validation, best }: Moment): string =>
  [
    `epoch ${epoch}/${epochs}`,
    ...(validation === undefined || best === undefined ? [] : [`validation ${nats(validation)} (best ${nats(best)})`]),
  ].join(', ')
