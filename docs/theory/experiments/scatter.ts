import { COLOURS, pictureOf } from './picture.ts'

/** Points of several series over one axis, and the line on which they would agree. */
export interface Panel {
  readonly title: string
  readonly across: readonly number[]
  /** One list for each series, in the order of `across`. */
  readonly up: readonly (readonly number[])[]
}

const SIZE = 300
const GAP = 70
/** Panels side by side as one SVG. */
export const scatterOf = (title: string, panels: readonly Panel[]): string => {
  const width = panels.length * (SIZE + GAP) + GAP
  const height = SIZE + 100
  const inside = panels.map((panel, k) => panelAt(panel, GAP + k * (SIZE + GAP), 60)).join('')
  return pictureOf(title, GAP, width, height, inside)
}

const panelAt = ({ title, across, up }: Panel, left: number, top: number): string => {
  const all = [across, ...up].flat().sort((a, b) => a - b)
  // The outermost hundredths of the points are cut off, so that the others are seen.
  const [low, high] = [all[Math.floor(all.length * 0.01)]!, all[Math.floor(all.length * 0.99)]!]
  const place = (x: number): number => ((x - low) / (high - low)) * SIZE
  const inside = (x: number): boolean => low <= x && x <= high
  // One path for each series: a line of no length with round ends is a dot.
  const dots = up.map((series, k) => {
    const places = series.flatMap((y, i) => {
      const x = across[i]!
      return inside(x) && inside(y) ? [`M${(left + place(x)).toFixed(1)},${(top + SIZE - place(y)).toFixed(1)}h0`] : []
    })
    return `<path d="${places.join('')}" stroke="${COLOURS[k % COLOURS.length]}" stroke-opacity="0.65" stroke-width="3.4" stroke-linecap="round"/>`
  })
  const ends = [low, high].map((x) => x.toFixed(1))
  return [
    `<text x="${left}" y="${top - 10}">${title}</text>`,
    `<rect x="${left}" y="${top}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#bbb"/>`,
    `<line x1="${left}" y1="${top + SIZE}" x2="${left + SIZE}" y2="${top}" stroke="#333" stroke-dasharray="4 3"/>`,
    ...dots,
    `<text x="${left}" y="${top + SIZE + 16}">${ends[0]}</text>`,
    `<text x="${left + SIZE}" y="${top + SIZE + 16}" text-anchor="end">${ends[1]}</text>`,
    `<text x="${left - 6}" y="${top + SIZE}" text-anchor="end">${ends[0]}</text>`,
    `<text x="${left - 6}" y="${top + 10}" text-anchor="end">${ends[1]}</text>`,
  ].join('')
}
