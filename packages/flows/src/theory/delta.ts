import type { Dataset } from '../train/dataset.ts'
import { type Estimate, estimate } from './estimate.ts'
import type { Moments } from './moments.ts'

/** One row in the coordinates that ceilings are made of. */
export interface Place {
  /** z, the row in standard deviations from the mean of each column. */
  readonly z: Float64Array
  /** The same along the eigenvectors of the correlation. */
  readonly along: Float64Array
  /** Σ along² / eigenvalue: the squared distance after whitening. */
  readonly whitened: number
  /** Σ z² */
  readonly standardised: number
}

/** How much one row pulls a function of the moments, but for a constant: the function's influence there. */
export type Pull = (place: Place) => number

/**
 * What the rows pull on average, and the standard error of that: by the delta method the standard error of the function
 * of the moments too, whatever the distribution.
 *
 * @see van der Vaart 1998, Asymptotic statistics, chapters 3 and 20
 */
export const pulls = (moments: Moments, data: Dataset, functions: readonly Pull[]): readonly Estimate[] => {
  const found = functions.map(() => new Float64Array(data.rows))
  eachPlace(moments, data, (place, i) => {
    for (let f = 0; f < functions.length; f++) found[f]![i] = functions[f]!(place)
  })
  return found.map(estimate)
}

/** Arrays are written anew for each row. */
const eachPlace = (
  { mean, standardDeviation, spectrum: { values, vectors } }: Moments,
  { rows, data }: Dataset,
  visit: (place: Place, i: number) => void,
): void => {
  const d = mean.length
  const z = new Float64Array(d)
  const along = new Float64Array(d)
  for (let i = 0; i < rows; i++) {
    let standardised = 0
    for (let j = 0; j < d; j++) {
      z[j] = (data[i * d + j]! - mean[j]!) / standardDeviation[j]!
      standardised += z[j]! ** 2
    }
    let whitened = 0
    for (let k = 0; k < d; k++) {
      const v = vectors[k]!
      let sum = 0
      for (let j = 0; j < d; j++) sum += v[j]! * z[j]!
      along[k] = sum
      whitened += (sum * sum) / values[k]!
    }
    visit({ z, along, whitened, standardised }, i)
  }
}
