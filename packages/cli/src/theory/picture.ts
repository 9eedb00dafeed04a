import { scaleLinear, scaleLog } from 'd3-scale'
import { type Area, type Axis, curve, frame, type Scale } from '../picture/chart.ts'
import { element, picture, words } from '../picture/svg.ts'
import { counted, nats } from '../text/number.ts'
import type { TheoryReport } from './report.ts'

const [WIDTH, HEIGHT] = [900, 390]
const LEFT: Area = { left: 70, right: 420, top: 60, bottom: 330 }
const RIGHT: Area = { left: 530, right: 880, top: 60, bottom: 330 }
const [BLUE, RED, GREY] = ['#2463a8', '#b3372f', '#777']

/** The spectrum of a table beside the likelihood that probabilistic PCA reaches with more and more factors, as SVG. */
export const pictureOf = (r: TheoryReport): string =>
  picture(
    `${r.data}: eigenvalues, and the likelihood of probabilistic PCA over its factors`,
    WIDTH,
    HEIGHT,
    words(`${r.data}, ${counted(r.rows, 'row')}`, WIDTH - 20, 20, { 'text-anchor': 'end', fill: GREY }),
    spectrum(r),
    likelihoods(r),
  )

const across = (area: Area, from: number, to: number, name: string) => {
  const scale = scaleLinear()
    .domain(from === to ? [from - 1, to + 1] : [from, to])
    .range([area.left + 8, area.right - 8])
  const ticks = scale.ticks(8).filter((tick) => Number.isInteger(tick) && tick >= from && tick <= to)
  return { scale, ticks, name, show: String }
}

const spectrum = ({ probabilisticPCA: { units, eigenvalues } }: TheoryReport): string => {
  const x = across(LEFT, 1, eigenvalues.length, 'direction')
  const [least, most] = [eigenvalues.at(-1)!, eigenvalues[0]!]
  const scale = scaleLog()
    .domain([least / 1.3, most * 1.3])
    .range([LEFT.bottom, LEFT.top])
  const y: Axis = { scale, ticks: logTicks(scale), show: (tick) => String(Number(tick.toPrecision(3))) }
  const what = units === 'standardised' ? 'correlation' : 'covariance'
  return [
    frame(`Eigenvalues of the ${what}`, LEFT, x, y),
    curve(
      eigenvalues.map((value, k) => [x.scale(k + 1), scale(value)]),
      BLUE,
    ),
  ].join('')
}

/** 1, 2 and 5 times powers of ten, or the powers alone where those are too many; never more than eight. */
const logTicks = (scale: Scale): readonly number[] => {
  const [least, most] = scale.domain() as [number, number]
  const powers: number[] = []
  for (let e = Math.floor(Math.log10(least)); e <= Math.ceil(Math.log10(most)); e++) powers.push(Number(`1e${e}`))
  const within = (ticks: readonly number[]) => ticks.filter((tick) => tick >= least && tick <= most)
  const fine = within(powers.flatMap((power) => [power, 2 * power, 5 * power]))
  if (fine.length <= 8) return fine
  const coarse = within(powers)
  return coarse.filter((_, i) => i % Math.ceil(coarse.length / 8) === 0)
}

const likelihoods = (r: TheoryReport): string => {
  const { units, curve: points } = r.probabilisticPCA
  const { linear, independentGaussian: independent } = units === 'standardised' ? r.standardised : r.originalUnits
  const x = across(RIGHT, 0, points.length - 1, 'factors')
  const middle = points[Math.floor(points.length / 2)]!
  const values = [...points.map((p) => p.logLikelihood.value), linear.value, independent.value]
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = (most - least || 1) * 0.08
  const scale = scaleLinear()
    .domain([least - room, most + room])
    .range([RIGHT.bottom, RIGHT.top])
    .nice(6)
  const show = scale.tickFormat(6)
  const y: Axis = { scale, ticks: scale.ticks(6), show: (tick) => show(tick).replace('−', '-') }
  const line = (value: number, colour: string, name: string, below: boolean): string =>
    [
      element('line', {
        x1: RIGHT.left,
        x2: RIGHT.right,
        y1: scale(value),
        y2: scale(value),
        stroke: colour,
        'stroke-dasharray': '5 4',
      }),
      words(`${name}: ${nats(value)}`, RIGHT.right, scale(value) + (below ? 15 : -6), {
        'text-anchor': 'end',
        fill: colour,
      }),
    ].join('')
  return [
    frame(
      `Mean log-likelihood per row, nats, ${units === 'standardised' ? 'standardised' : 'original units'}`,
      RIGHT,
      x,
      y,
    ),
    element('rect', {
      x: RIGHT.left,
      width: RIGHT.right - RIGHT.left,
      y: scale(linear.value + linear.standardError),
      height: scale(linear.value - linear.standardError) - scale(linear.value + linear.standardError),
      fill: RED,
      opacity: 0.15,
    }),
    line(linear.value, RED, 'no linear flow exceeds', false),
    line(independent.value, GREY, 'independent columns', true),
    curve(
      points.map(({ factors, logLikelihood }) => [x.scale(factors), scale(logLikelihood.value)]),
      BLUE,
    ),
    words('probabilistic PCA', x.scale(middle.factors) + 10, scale(middle.logLikelihood.value) + 18, { fill: BLUE }),
  ].join('')
}
