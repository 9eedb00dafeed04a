/** Attributes as they are written; a number keeps three digits after the point, which is less than a pixel needs. */
export type Attributes = Readonly<Record<string, string | number>>

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const written = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : escaped(value)

/** An element with what stands inside it. */
export const element = (name: string, attributes: Attributes, ...inside: readonly string[]): string => {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${written(value)}"`)
  return inside.length === 0 ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${inside.join('')}</${name}>`
}

/** Words at a place. */
export const words = (text: string, x: number, y: number, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escaped(text))

/** A whole picture: a title for those who cannot see it, on white. */
export const picture = (title: string, width: number, height: number, ...inside: readonly string[]): string =>
  `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': 'system-ui, sans-serif',
      'font-size': 12,
    },
    element('title', {}, escaped(title)),
    element('rect', { width, height, fill: '#fff' }),
    ...inside,
  )}\n`
