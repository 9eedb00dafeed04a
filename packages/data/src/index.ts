export { checkTable, POINT_MASS_SHARE } from './check/check.ts'
export { explainFinding, type Finding, type Term } from './check/finding.ts'
export type { CsvOptions } from './csv/options.ts'
export { parseCsv } from './csv/parse.ts'
export { readCsv } from './csv/read.ts'
export { type BadCell, type CellFault, type DataError, explain, type RaggedRow } from './error.ts'
export { covariance, type Moments, moments, type Tie, ties } from './moments.ts'
export { htru2 } from './samples/htru2.ts'
export {
  type ModulusSplit,
  modulusTen,
  type RandomSplit,
  type Split,
  splitAtRandom,
  splitByColumn,
  splitByModulus,
} from './split.ts'
export {
  column,
  columnIndex,
  filterRows,
  label,
  type Row,
  selectColumns,
  type Table,
  type TableParts,
  table,
  takeRows,
} from './table.ts'
export { circles, fourCircles, rings } from './toy/blurredCircles.ts'
export { checkerboard } from './toy/checkerboard.ts'
export type { Bounds, Point, Toy } from './toy/density.ts'
export { diamond } from './toy/diamond.ts'
export { eightGaussians } from './toy/eightGaussians.ts'
export { moons } from './toy/moons.ts'
export { pinwheel } from './toy/pinwheel.ts'
export { abs, crescent, crescentCubed, sign, sine } from './toy/ridges.ts'
export { swissRoll } from './toy/swissRoll.ts'
export { toys } from './toy/toys.ts'
export { twoSpirals } from './toy/twoSpirals.ts'
