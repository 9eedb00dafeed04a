import type { Certificate } from './certificate.ts'
import type { LayerName } from './regionBounds.ts'

/** A design principle that a flow does not keep. Facts only; `explainAdvice` words them and cites the statement. */
export type Advice =
  /** The balances of the latents are off. `dimensions`: those that are. */
  | {
      readonly _tag: 'FreeLastLayer'
      readonly what: 'shift' | 'scale'
      readonly dimensions: readonly number[]
      readonly worst: number
    }
  /** A stated bound is below what any exact flow needs. */
  | {
      readonly _tag: 'BoundTooTight'
      readonly direction: 'forward' | 'inverse'
      readonly bound: number
      readonly least: number
    }
  /** Data reach out of the box that a layer acts in. */
  | { readonly _tag: 'BoxTooSmall'; readonly layer: LayerName; readonly tails: number; readonly reach: number }
  /** Log-scales of all layers together may be more than float32 holds. */
  | { readonly _tag: 'LogScaleBudget'; readonly total: number; readonly layers: number; readonly budget: number }
  | { readonly _tag: 'TailsOutOfReach'; readonly columns: readonly string[] }
  /** The flow or its inverse has no bound on all of its domain. */
  | { readonly _tag: 'NoBoundEverywhere'; readonly forward?: LayerName; readonly inverse?: LayerName }
  /** Float32 loses more of the log-density than is usual to report. */
  | { readonly _tag: 'TooCoarse'; readonly what: 'logDensity' | 'roundTrip'; readonly error: number }

const places = (xs: readonly number[]): string =>
  `${xs.length === 1 ? 'dimension' : 'dimensions'} ${xs.slice(0, 8).join(', ')}${xs.length > 8 ? ', …' : ''}`
const name = ({ place, kind }: LayerName): string => `layer ${place} (${kind})`
const short = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(3))) : '∞')

/** One sentence of what to do, and one of why. */
export const explainAdvice = (a: Advice): string => {
  switch (a._tag) {
    case 'FreeLastLayer':
      return a.what === 'shift'
        ? `End with a layer whose shift is free, or train longer: E[-∂ log p_Z] is up to ${short(a.worst)} from 0 in latent ${places(a.dimensions)}; at an optimum with a free last shift it is 0.`
        : `End with a layer whose scale is free, or train longer: E[-z ∂ log p_Z] is up to ${short(a.worst)} from 1 in latent ${places(a.dimensions)}; at an optimum with a free last scale it is 1.`
    case 'BoundTooTight':
      return a.direction === 'forward'
        ? `Loosen the constraint: this flow stretches by at most ${short(a.bound)}, but every exact flow of these data stretches somewhere by at least ${short(a.least)}, since log Lip(f) ≥ (h(Z) - h(X))/d.`
        : `Loosen the constraint on the inverse: it stretches by at most ${short(a.bound)}, but every exact inverse stretches somewhere by at least ${short(a.least)}, since Lip(f⁻¹)² ≥ λ_max(Cov X).`
    case 'BoxTooSmall':
      return `Widen the box of ${name(a.layer)}: it acts within ±${short(a.tails)}, and the data reach ${short(a.reach)} there; outside a spline is the identity, whatever the data need.`
    case 'LogScaleBudget':
      return `Bound the log-scales of the ${a.layers} affine layers more tightly (boundForDepth): together they may reach ${short(a.total)} nats, and scales multiply over depth; ${short(a.budget)} keeps what float32 can hold.`
    case 'TailsOutOfReach':
      return `Take a base with heavier tails (studentT), or a transform of these columns: ${a.columns.map((c) => `"${c}"`).join(', ')} reach further than any normal's, so no finite stretch takes a normal base there.`
    case 'NoBoundEverywhere':
      return `Far from the data nothing bounds this flow${a.forward ? ` (${name(a.forward)} stretches without end` : ` (the inverse of ${name(a.inverse!)} does`}${a.forward && a.inverse ? `, and so does the inverse of ${name(a.inverse)}` : ''}); do not trust densities there, or use layers with a bound on all of R^d: residual blocks, splines whose networks end in something bounded.`
    case 'TooCoarse':
      return a.what === 'logDensity'
        ? `Score in float64: float32 changes log-densities by up to ${short(a.error)} nats, since rounding grows with the stretch of the layers.`
        : `Do not rely on inverting in float32: going there and back moves a point by up to ${short(a.error)} of its own units; the error is about ε Σ |h_k| Lip(inverse of layers 1 to k).`
  }
}

/** Balances are off where they are this far out, beyond what the rows leave open. */
const BALANCE = 0.1
/** Float32 holds e^±87; what is left keeps some digits. */
const BUDGET = 24
const COARSE_NATS = 0.01
const COARSE_MOVE = 0.01

/** Rules over what was measured, in order of weight. */
export const adviceFor = (c: Omit<Certificate, 'advice'>): readonly Advice[] => [
  ...tooTight('forward', c.bounds.wider.forward, c.least.forward),
  ...tooTight('inverse', c.bounds.everywhere.inverse, c.least.inverse),
  ...(c.least.heavyTails.length > 0
    ? [{ _tag: 'TailsOutOfReach', columns: [...new Set(c.least.heavyTails.map(({ column }) => column))] } as const]
    : []),
  ...c.layers.flatMap(({ place, kind, tails, reach }): readonly Advice[] =>
    tails !== undefined && reach > tails ? [{ _tag: 'BoxTooSmall', layer: { place, kind }, tails, reach }] : [],
  ),
  ...budget(c),
  ...unbalanced(c, 'shift', 0),
  ...unbalanced(c, 'scale', 1),
  ...(c.logDensity.measured > COARSE_NATS
    ? [{ _tag: 'TooCoarse', what: 'logDensity', error: c.logDensity.measured } as const]
    : []),
  ...(c.roundTrip.toLatentAndBack.measured > COARSE_MOVE
    ? [{ _tag: 'TooCoarse', what: 'roundTrip', error: c.roundTrip.toLatentAndBack.measured } as const]
    : []),
  ...(c.bounds.everywhere.blame.forward || c.bounds.everywhere.blame.inverse
    ? [{ _tag: 'NoBoundEverywhere', ...c.bounds.everywhere.blame } as const]
    : []),
]

const tooTight = (direction: 'forward' | 'inverse', bound: number, least: number | undefined): readonly Advice[] =>
  least !== undefined && bound < least ? [{ _tag: 'BoundTooTight', direction, bound, least }] : []

const unbalanced = (
  { balance }: Omit<Certificate, 'advice'>,
  what: 'shift' | 'scale',
  target: number,
): readonly Advice[] => {
  const off = balance[what].map(({ value, standardError }) => {
    const away = Math.abs(value - target)
    return away > BALANCE + 4 * standardError ? away : 0
  })
  const dimensions = [...off.keys()].filter((i) => off[i]! > 0)
  return dimensions.length > 0 ? [{ _tag: 'FreeLastLayer', what, dimensions, worst: Math.max(...off) }] : []
}

const budget = ({ layers }: Omit<Certificate, 'advice'>): readonly Advice[] => {
  const scales = layers.flatMap(({ logScaleBound }) => (logScaleBound === undefined ? [] : [logScaleBound]))
  const total = scales.reduce((sum, x) => sum + x, 0)
  // A hair above is what rounding makes of a budget that is spent in full.
  return total > BUDGET * 1.001 ? [{ _tag: 'LogScaleBudget', total, layers: scales.length, budget: BUDGET }] : []
}
