/** What a training tells while it runs. Log-likelihoods are means per row in nats; `seconds` since the start of this run. */
export type FitEvent =
  /** The training goes on from a checkpoint that was made on another engine, so rounding may differ from here on. */
  | {
      readonly _tag: 'OtherEngine'
      /** Target and number format; undefined where the checkpoint does not say. */
      readonly before: string | undefined
      readonly now: string
      readonly seconds: number
    }
  | {
      readonly _tag: 'Started'
      readonly engine: string
      readonly rows: number
      readonly validationRows: number
      /** Numbers that the training moves. */
      readonly parameters: number
      readonly epochs: number
      readonly stepsPerEpoch: number
      /** Steps already taken, where the training was resumed. */
      readonly step: number
      readonly seconds: number
    }
  | {
      readonly _tag: 'Step'
      /** 0-based. */
      readonly epoch: number
      /** Steps taken in all, this one included. */
      readonly step: number
      /** Of the step's batch, before the step. */
      readonly logLikelihood: number
      /** Before clipping. */
      readonly gradientNorm: number
      readonly seconds: number
    }
  | {
      readonly _tag: 'Epoch'
      readonly epoch: number
      readonly step: number
      readonly training: number
      readonly validation: number | undefined
      /** Whether these are the best parameters so far. */
      readonly improved: boolean
      readonly best: number
      readonly seconds: number
    }
  /** The flow stretches further than the watch allows, after this epoch. */
  | {
      readonly _tag: 'Unstable'
      readonly epoch: number
      readonly step: number
      /** Largest stretches that were seen, of the flow and of its inverse. */
      readonly forward: number
      readonly inverse: number
      readonly limit: number
      /** `damped`: the epoch was undone. */
      readonly outcome: 'warned' | 'damped' | 'stopped'
      /** What share of its steps the optimiser goes from here on. */
      readonly damping: number
      readonly seconds: number
    }
  | {
      readonly _tag: 'Finished'
      readonly reason: 'allEpochs' | 'noImprovement' | 'nothingToTrain'
      readonly epochs: number
      readonly bestEpoch: number
      readonly seconds: number
    }
