/** How a CSV text is read. Everything has a default that suits a plain table with a header. */
export interface CsvOptions {
  /**
   * Whether the first row names the columns. By default it does, unless more than half of its cells are numbers (five
   * or more that merely count 0, 1, 2, … or 1, 2, 3, … still name them). Without a header the columns are `c1`, `c2`, ….
   */
  readonly header?: boolean
  /** By default the one of comma, semicolon, tab and bar that the first line has most of. */
  readonly delimiter?: string
  /**
   * The columns that must be numbers. The others are then no longer checked: those of text stay as labels, those of
   * numbers are left out. By default every column that holds more numbers than text.
   */
  readonly columns?: readonly string[]
  /** Columns to keep as text even where their cells are numbers, such as a class of 0 and 1. */
  readonly labels?: readonly string[]
}

const DELIMITERS = [',', ';', '\t', '|']

/** The likeliest delimiter by the first line, quoted parts left out. */
export const guessDelimiter = (text: string): string => {
  const first = /^[^\r\n]*/.exec(text.replace(/^\uFEFF?[\r\n]*/, ''))![0].replace(/"[^"]*"/g, '')
  const count = (delimiter: string): number => first.split(delimiter).length
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best))
}
