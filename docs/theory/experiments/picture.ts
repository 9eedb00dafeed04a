/** Of series, in their order; told apart on white. */
export const COLOURS: readonly string[] = [
  '#1b6ca8',
  '#c8553d',
  '#588b4c',
  '#8a5aab',
  '#b8860b',
  '#3aa6a1',
  '#d2699e',
  '#6b6b6b',
  '#8c564b',
  '#4f6bed',
]

/** A whole picture: its title on top, and what is drawn below. */
export const pictureOf = (title: string, left: number, width: number, height: number, inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12"><title>${title}</title><rect width="${width}" height="${height}" fill="#fff"/><text x="${left}" y="24" font-weight="600" font-size="14">${title}</text>${inside}</svg>\n`
