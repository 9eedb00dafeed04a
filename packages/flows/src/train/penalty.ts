import {
  add,
  div,
  type Example,
  jvp,
  lanes,
  log,
  mul,
  neg,
  random,
  relu,
  reshape,
  sizeOf,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@diffeo/autodiff'
import type { Flow, FlowParams } from '../flow.ts'

/** Keeps a flow's stretch along random directions within bounds while it trains. */
export interface StretchPenalty {
  /** Of the penalty beside the mean log-density, nats. */
  readonly weight: number
  /** No cost where the flow stretches by at most this; by default 100. */
  readonly forward?: number
  /** No cost where its inverse does; by default 100. */
  readonly inverse?: number
}

/**
 * Mean over the batch of what log|J v| is beyond the bounds, squared, with a random unit vector v for each row: |J v| is never
 * above the largest singular value nor below the smallest, so nothing within bounds is ever charged. One jvp for each row.
 *
 * @see Behrmann et al. 2021, Understanding and mitigating exploding inverses in invertible neural networks, section 4, who
 * take finite differences
 */
export const stretchPenalty = (
  flow: Flow,
  { weight, forward = 100, inverse = 100 }: StretchPenalty,
  params: FlowParams,
  batch: Example,
  key: Example,
): Tensor => {
  const n = sizeOf(flow.domain.shape)
  const draws = random.normal(random.foldIn(key, 17), [n])
  const direction = div(draws, sqrt(sum(square(draws))))
  const latent = (x: Example): Example =>
    reshape(flow.toLatent(params, reshape(x, [...flow.domain.shape]), { key }).value, [n])
  const [, moved] = jvp(latent, reshape(batch, [n]), direction)
  const stretch = mul(0.5, log(sum(square(moved))))
  const beyond = add(square(relu(sub(stretch, Math.log(forward)))), square(relu(neg(add(stretch, Math.log(inverse))))))
  return mul(weight, lanes.mean(beyond))
}
