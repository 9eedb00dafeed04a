/**
 * A flow as plain data, so that every engine builds the same one: layers of a kind, each with a conditioner of these
 * hidden widths and relu. No standardisation; columns start in their own units.
 */
export type Model =
  | {
      readonly kind: 'realnvp' | 'maf'
      readonly dim: number
      readonly layers: number
      readonly hidden: readonly number[]
      readonly bound: number
    }
  | {
      readonly kind: 'nsf'
      readonly dim: number
      readonly layers: number
      readonly hidden: readonly number[]
      readonly bins: number
      readonly tails: number
      readonly minimumBin: number
      readonly minimumSlope: number
    }

/** Raw numbers of one coordinate, in groups that are used together: shift and log-scale, or widths, heights and slopes. */
export const groupsOf = (model: Model): readonly number[] =>
  model.kind === 'nsf' ? [model.bins, model.bins, model.bins - 1] : [1, 1]

/** Affine couplings, even and odd columns in turn; log-scales within ±3. */
export const realNvp = (dim: number, width: number): Model => ({
  kind: 'realnvp',
  dim,
  layers: 8,
  hidden: [width, width],
  bound: 3,
})

/** Rational-quadratic splines of 8 bins on [-3, 3] in 8 couplings. */
export const splines = (dim: number, width: number): Model => ({
  kind: 'nsf',
  dim,
  layers: 8,
  hidden: [width, width],
  bins: 8,
  tails: 3,
  minimumBin: 1e-3,
  minimumSlope: 1e-2,
})

/** Five affine autoregressive layers, each in the reverse order of the one before. */
export const maskedAffine = (dim: number, width: number): Model => ({
  kind: 'maf',
  dim,
  layers: 5,
  hidden: [width, width],
  bound: 3,
})
