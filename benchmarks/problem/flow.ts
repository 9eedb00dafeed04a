import { type Flow, maf, neuralSplineFlow, realNVP } from '@diffeo/flows'
import type { Model } from './model.ts'

/** The library's own flow for a model, as its presets make it. */
export const flowOf = (model: Model): Flow => {
  const { dim, layers, hidden } = model
  const common = { dim, layers, hidden, standardise: false }
  switch (model.kind) {
    case 'realnvp':
      return realNVP({ ...common, bound: model.bound }) as unknown as Flow
    case 'maf':
      return maf({ ...common, bound: model.bound }) as unknown as Flow
    case 'nsf':
      return neuralSplineFlow({ ...common, bins: model.bins, tails: model.tails }) as unknown as Flow
  }
}
