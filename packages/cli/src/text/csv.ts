/** A cell as it stands in a CSV file: in quotes where it holds a delimiter, a quote or a line break. */
export const cell = (value: string | number): string => {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Lines of a CSV file in pieces of some thousand rows, the header first. */
export function* csvPieces(
  header: readonly string[],
  rows: number,
  rowAt: (i: number) => readonly (string | number)[],
): Generator<string> {
  const line = (cells: readonly (string | number)[]): string => `${cells.map(cell).join(',')}\n`
  yield line(header)
  const PIECE = 4096
  for (let from = 0; from < rows; from += PIECE) {
    let piece = ''
    for (let i = from; i < Math.min(rows, from + PIECE); i++) piece += line(rowAt(i))
    yield piece
  }
}
