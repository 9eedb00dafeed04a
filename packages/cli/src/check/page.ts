import { theory } from '@diffeo/flows'
import { aligned } from '../text/columns.ts'
import { counted, nats, short } from '../text/number.ts'

type Certificate = theory.Certificate

/** A certificate as text for people. */
export const pageOf = (model: string, file: string | undefined, c: Certificate): readonly string[] => [
  `${model}: ${counted(c.columns.length, 'column')}, ${counted(c.layers.length, 'layer')}, ${
    file === undefined ? `${counted(c.rows, 'row')} drawn from it` : `${counted(c.rows, 'row')} of ${file}`
  }, ${counted(c.looked, 'row')} looked at one by one`,
  `Distances are in ${c.units === 'standardised' ? 'standard deviations, behind the first layer' : 'units of the data'}.`,
  '',
  ...stretches(c),
  '',
  ...layers(c),
  '',
  ...rounding(c),
  '',
  ...balances(c),
  '',
  ...worst(c),
  ...conclusions(c),
]

/** Three digits, with an exponent where there would be many zeros. */
const size = (x: number | undefined): string => {
  if (x === undefined) return ''
  if (!Number.isFinite(x)) return '∞'
  return x !== 0 && (x >= 1e5 || x < 1e-3) ? x.toExponential(2) : short(x)
}

const stretches = ({ bounds: { box, wider, everywhere }, local, least }: Certificate): readonly string[] => {
  const { sample, draws } = local
  return aligned([
    ['largest stretch', 'data to latents', 'and back'],
    ['  measured at rows', size(sample.largest.most), size(1 / sample.smallest.least)],
    ['  measured at draws', size(draws.largest.most), size(1 / draws.smallest.least)],
    ['  bound on the box of the rows', size(box.forward), size(box.inverse)],
    [`  bound on ${short(wider.factor)} times that box`, size(wider.forward), size(wider.inverse)],
    ['  bound everywhere', size(everywhere.forward), size(everywhere.inverse)],
    ['  every exact flow has at least', size(least.forward), size(least.inverse)],
  ])
}

const layers = ({ layers: all }: Certificate): readonly string[] =>
  aligned([
    ['layer', 'stretch', 'bound', 'and back', 'bound', 'mean log|det|', 'mean log of largest, smallest'],
    ...all.map(({ place, kind, bound, tight, measured, logDet, logLargest, logSmallest }) => [
      `  ${place} ${kind}`,
      size(measured.forward),
      `${size(bound.forward)}${tight.forward ? '' : ' loose'}`,
      size(measured.inverse),
      `${size(bound.inverse)}${tight.inverse ? '' : ' loose'}`,
      nats(logDet.value),
      `${nats(logLargest.value)} ${nats(logSmallest.value)}`,
    ]),
  ])

const rounding = ({ roundTrip, logDensity }: Certificate): readonly string[] =>
  aligned([
    ['in float32, the largest', 'measured', 'predicted'],
    [
      '  distance after data → latent → data',
      size(roundTrip.toLatentAndBack.measured),
      size(roundTrip.toLatentAndBack.predicted),
    ],
    [
      '  distance after latent → data → latent',
      size(roundTrip.toDataAndBack.measured),
      size(roundTrip.toDataAndBack.predicted),
    ],
    ['  error of a log-density, nats', size(logDensity.measured), size(logDensity.predicted)],
  ])

/** Latent dimensions in the table of balances, at most. */
const MOST = 12

const balances = ({ balance: { shift, scale }, volume: { gap }, logLikelihood }: Certificate): readonly string[] => [
  ...aligned([
    ['latent dimension', 'E[-∂ log p_Z] (0)', 'E[-z ∂ log p_Z] (1)'],
    ...shift
      .slice(0, MOST)
      .map((of, i) => [
        `  ${i}`,
        `${nats(of.value)} ± ${nats(of.standardError)}`,
        `${nats(scale[i]!.value)} ± ${nats(scale[i]!.standardError)}`,
      ]),
  ]),
  ...(shift.length > MOST ? [`(${MOST} of ${shift.length}; --json has them all)`] : []),
  `mean log-likelihood ${nats(logLikelihood.value)} ± ${nats(logLikelihood.standardError)} nats, volume balance ${gap === undefined ? 'unknown' : nats(gap)} (0)`,
]

const worst = ({ worst: rows }: Certificate): readonly string[] =>
  aligned([
    ['worst conditioned rows', 'log-density', 'smallest', 'largest', 'round trip', 'log-density off'],
    ...rows.map((r) => [
      `  ${r.row}`,
      nats(r.logDensity),
      size(r.smallest),
      size(r.largest),
      size(r.roundTrip),
      size(r.logDensityError),
    ]),
  ])

const conclusions = ({ findings, advice }: Certificate): readonly string[] => [
  ...(findings.length > 0
    ? ['', 'Does not hold:', ...findings.map((f) => `- ${theory.explainCertificateFinding(f)}`)]
    : []),
  '',
  ...(advice.length > 0
    ? ['Advice:', ...advice.map((a) => `- ${theory.explainAdvice(a)}`)]
    : ['No advice: nothing is out of balance.']),
]
