import {
  adam,
  add,
  clipByGlobalNorm,
  cosine,
  type Example,
  exponentialMovingAverage,
  lanes,
  mul,
  neg,
  random,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  type Tree,
  valueAndGrad,
  warmup,
} from '@diffeo/autodiff'
import type { FlowParams } from '../flow.ts'
import { joinPartition, partition } from '../parameters.ts'
import type { Job } from './job.ts'
import { stretchPenalty } from './penalty.ts'

/** Parameters by path. */
export type Tensors = { readonly [path: string]: Tensor }

/** What a step reads. */
export interface StepInputs {
  readonly trained: Tensors
  readonly state: Tensors
  readonly optimiser: Tree<Tensor>
  readonly average: Tree<Tensor>
  /** `[]`, an integer: the steps before this one. */
  readonly step: Tensor
  readonly batch: Example
  /** `[]`: what share of its step the optimiser goes; where a watch may damp it. */
  readonly damping?: Tensor
}

/** What it gives: the next values of what it read, and what the batch was before it. */
export interface StepOutputs extends Omit<StepInputs, 'step' | 'batch' | 'damping'> {
  /** `[]`, mean over the batch in nats. */
  readonly logLikelihood: Tensor
  /** `[number of trained parameters]`: each one's Σ gradient². */
  readonly squares: Tensor
}

/** A training as functions from tensors to tensors; nothing is computed here. */
export interface Graphs {
  /** Optimiser and average before the first step; an average that was not asked for is an empty tree. */
  readonly optimiser: (trained: Tensors) => Tree<Tensor>
  readonly average: (trained: Tensors) => Tree<Tensor>
  /** Mean log-density of a batch, `[]`, nats. */
  readonly likelihood: (trained: Tensors, state: Tensors, batch: Example, step: Tensor | number) => Tensor
  readonly step: (at: StepInputs) => StepOutputs
  /** The averaged parameters, where an average was asked for. */
  readonly averaged: ((average: Tree<Tensor>) => Tree<Tensor>) | undefined
}

/** `steps`: those of the whole training; `adapts`: whether layers keep a state that moves with every batch. */
export const graphsOf = ({ flow, settings }: Job, steps: number, adapts: boolean): Graphs => {
  const rising = Math.round(settings.warmup * steps)
  const falling = cosine({
    peak: settings.learningRate,
    steps: Math.max(1, steps - rising),
    end: settings.learningRate * settings.finalRate,
  })
  const optimiser = adam({ learningRate: warmup(rising, falling) })
  const averaging = settings.average === null ? undefined : exponentialMovingAverage(settings.average)
  const join = (trained: Tensors, state: Tensors): FlowParams => joinPartition(flow.parameters, { trained, state })
  const givenAt = (step: Tensor | number) => ({ key: noiseKey(settings.seed, step) })
  const likelihood: Graphs['likelihood'] = (trained, state, batch, step) =>
    lanes.mean(flow.logProb(join(trained, state), batch, givenAt(step)))
  return {
    optimiser: optimiser.init,
    average: (trained) => (averaging ? averaging.init(trained) : {}),
    likelihood,
    step: (at) => {
      const { penalty } = settings
      const lossOf = (params: Tensors): Tensor => {
        const loss = neg(likelihood(params, at.state, at.batch, at.step))
        if (!penalty) return loss
        const { key } = givenAt(at.step)
        return add(loss, stretchPenalty(flow, penalty, join(params, at.state), at.batch, key))
      }
      const [loss, gradients] = valueAndGrad(lossOf)(at.trained)
      const { damping } = at
      const squares = stack(Object.values(gradients).map((g) => sum(square(g))))
      const next = optimiser.update(clipByGlobalNorm(settings.clip)(gradients), at.optimiser, at.trained)
      const trained = damping
        ? Object.fromEntries(
            Object.entries(next.params).map(([path, to]) => {
              const from = at.trained[path]!
              return [path, add(from, mul(damping, sub(to, from)))]
            }),
          )
        : next.params
      const adapted = adapts
        ? partition<Tensor>(flow.parameters, flow.adapt!(join(at.trained, at.state), at.batch, givenAt(at.step))).state
        : {}
      const average = averaging ? averaging.update(at.average, trained) : {}
      return {
        logLikelihood: penalty ? likelihood(at.trained, at.state, at.batch, at.step) : neg(loss),
        squares,
        trained,
        state: adapted,
        optimiser: next.state,
        average,
      }
    },
    averaged: averaging?.value,
  }
}

/** For layers that are random themselves: other numbers for every step and example, apart from those of `sample`. */
const noiseKey = (seed: number, step: Tensor | number): Example =>
  random.foldIn(random.foldIn(random.foldIn(random.key(seed), 2), step), lanes.index())
