export type { CsvOptions } from './csv/options.ts'
export { parseCsv } from './csv/parse.ts'
export { readCsv } from './csv/read.ts'
export { type BadCell, type CellFault, type DataError, explain, type RaggedRow } from './error.ts'
export { htru2 } from './samples/htru2.ts'
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
