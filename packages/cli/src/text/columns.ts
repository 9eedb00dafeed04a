/**
 * Rows of cells as aligned lines: the first column to the left, the others to the right, two spaces between; no spaces
 * at the end of a line.
 */
export const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, j) => {
      widths[j] = Math.max(widths[j] ?? 0, cell.length)
    })
  return rows.map((row) =>
    row
      .map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!)))
      .join('  ')
      .trimEnd(),
  )
}
