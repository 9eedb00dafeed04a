import { COLOURS, pictureOf } from './picture.ts'

/** Dots in columns, one for each group, with the series side by side in each. */
export interface Strips {
  readonly title: string
  /** Ends of the axis that goes up; what lies beyond is drawn at its end. */
  readonly low: number
  readonly high: number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  /** Places of group and series in their lists. Not finite and undefined have bands of their own. */
  readonly dots: readonly { readonly group: number; readonly series: number; readonly value: number | undefined }[]
}

export interface StripsNames {
  readonly groups: readonly string[]
  readonly series: readonly string[]
  /** What a value that is undefined is called. */
  readonly missing: string
}

const [WIDTH, HEIGHT] = [330, 200]
const [LEFT, ACROSS, TOP, DOWN] = [80, 430, 90, 290]
const BAND = 16

/** Rows of panels as one SVG. */
export const stripsOf = (title: string, names: StripsNames, rows: readonly (readonly Strips[])[]): string => {
  const width = LEFT + ACROSS * (rows[0]!.length - 1) + WIDTH + 30
  const height = TOP + DOWN * (rows.length - 1) + HEIGHT + 90
  const legend = names.series.map(
    (name, k) =>
      `<circle cx="${LEFT + 90 * k + 6}" cy="42" r="4" fill="${COLOURS[k]}"/><text x="${LEFT + 90 * k + 16}" y="46">${name}</text>`,
  )
  const panels = rows.flatMap((row, i) =>
    row.map((panel, j) => panelAt(panel, names, LEFT + ACROSS * j, TOP + DOWN * i, i === rows.length - 1)),
  )
  return pictureOf(title, LEFT, width, height, [...legend, ...panels].join(''))
}

const panelAt = (panel: Strips, names: StripsNames, left: number, top: number, named: boolean): string => {
  const { title, low, high, ticks, dots } = panel
  const start = top + 2 * BAND + BAND / 2
  const up = (value: number): number => {
    const inside = Math.min(Math.max(value, low), high)
    return start + ((high - inside) / (high - low)) * (top + HEIGHT - start)
  }
  const heightOf = (value: number | undefined): number => {
    if (value === undefined) return top + BAND / 2
    return Number.isFinite(value) ? up(value) : top + 1.5 * BAND
  }
  const column = WIDTH / names.groups.length
  const room = (column * 0.8) / names.series.length
  const marks = names.series.map((_, k) => {
    const own = dots.filter(({ series }) => series === k)
    const places = own.map(({ group, value }, n) => {
      const fellows = own.filter((dot) => dot.group === group)
      const share = (fellows.indexOf(own[n]!) + 0.5) / fellows.length
      const across = left + column * (group + 0.1) + room * (k + share)
      return `M${across.toFixed(1)},${heightOf(value).toFixed(1)}h0`
    })
    return `<path d="${places.join('')}" stroke="${COLOURS[k]}" stroke-opacity="0.7" stroke-width="5" stroke-linecap="round"/>`
  })
  const end = `text-anchor="end" font-size="11"`
  return [
    `<text x="${left}" y="${top - 10}" font-weight="600">${title}</text>`,
    `<rect x="${left}" y="${top}" width="${WIDTH}" height="${2 * BAND}" fill="#f6ece9"/>`,
    ...names.groups.slice(1).map((_, g) => {
      const x = left + column * (g + 1)
      return `<line x1="${x}" y1="${top}" x2="${x}" y2="${top + HEIGHT}" stroke="#e3e3e3"/>`
    }),
    ...ticks.map(
      ({ at, text }) =>
        `<line x1="${left}" y1="${up(at)}" x2="${left + WIDTH}" y2="${up(at)}" stroke="#e3e3e3"/><text x="${left - 6}" y="${up(at) + 4}" ${end}>${text}</text>`,
    ),
    `<rect x="${left}" y="${top}" width="${WIDTH}" height="${HEIGHT}" fill="none" stroke="#bbb"/>`,
    `<text x="${left - 6}" y="${top + BAND / 2 + 4}" ${end}>${names.missing}</text>`,
    `<text x="${left - 6}" y="${top + 1.5 * BAND + 4}" ${end}>not finite</text>`,
    ...marks,
    ...(named
      ? names.groups.map((name, g) => {
          const [x, y] = [left + column * (g + 0.5), top + HEIGHT + 14]
          return `<text x="${x}" y="${y}" text-anchor="end" font-size="11" transform="rotate(-35 ${x} ${y})">${name}</text>`
        })
      : []),
  ].join('')
}
