import type { ScaleContinuousNumeric } from 'd3-scale'
import { element, words } from './svg.ts'

/** Where a chart stands on the picture: the area between its axes. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export type Scale = ScaleContinuousNumeric<number, number>

/** One axis: where numbers go, and which are written. */
export interface Axis {
  readonly scale: Scale
  readonly ticks: readonly number[]
  show(tick: number): string
}

const INK = '#333'
const FAINT = '#e3e3e3'

/** Title (which names what goes up), grid, numbers, and the name of what goes across. */
export const frame = (
  title: string,
  { left, right, top, bottom }: Area,
  x: Axis & { readonly name: string },
  y: Axis,
): string =>
  [
    words(title, left, top - 14, { 'font-weight': 600, 'font-size': 13, fill: INK }),
    ...y.ticks.flatMap((tick) => {
      const at = y.scale(tick)
      return [
        element('line', { x1: left, x2: right, y1: at, y2: at, stroke: FAINT }),
        words(y.show(tick), left - 8, at + 4, { 'text-anchor': 'end', fill: INK }),
      ]
    }),
    ...x.ticks.flatMap((tick) => {
      const at = x.scale(tick)
      return [
        element('line', { x1: at, x2: at, y1: bottom, y2: bottom + 4, stroke: INK }),
        words(x.show(tick), at, bottom + 18, { 'text-anchor': 'middle', fill: INK }),
      ]
    }),
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: INK }),
    words(x.name, (left + right) / 2, bottom + 38, { 'text-anchor': 'middle', fill: INK }),
  ].join('')

/** Points in their order, joined. */
export const curve = (points: readonly (readonly [number, number])[], colour: string): string =>
  [
    element('polyline', {
      points: points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' '),
      fill: 'none',
      stroke: colour,
      'stroke-width': 1.5,
    }),
    // Dots that would run into one another say nothing.
    ...(points.length > 60
      ? []
      : points.map(([cx, cy]) => element('circle', { cx, cy, r: 3.5, fill: colour, stroke: '#fff' }))),
  ].join('')
