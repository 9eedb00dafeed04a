import { type Model, maskedAffine, realNvp, splines } from '../problem/model.ts'
import { ALL, type Workload } from './workload.ts'

const BATCH = 512

const training = (name: string, model: Model, more: Partial<Workload> = {}): Workload => ({
  name,
  work: { kind: 'train', model, rows: BATCH },
  measured: 'blocks',
  engines: ALL,
  quick: false,
  // Gradients of 10^4 to 10^6 numbers in float32; bins and kinks of relu that fall apart show as 1e-4 and less.
  tolerance: 1e-3,
  per: 1,
  ...more,
})

/** A training step: density of a batch of 512 rows, gradient, Adam. */
export const train: readonly Workload[] = [
  training('train-realnvp-d8-h64', realNvp(8, 64), { quick: true }),
  training('train-realnvp-d8-h256', realNvp(8, 256)),
  training('train-realnvp-d64-h128', realNvp(64, 128)),
  training('train-nsf-d8-h64', splines(8, 64), { quick: true }),
  training('train-nsf-d64-h128', splines(64, 128)),
  training('train-maf-d8-h64', maskedAffine(8, 64), { quick: true }),
]
