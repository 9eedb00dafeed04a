import { ties } from '../moments.ts'
import { column, type Table } from '../table.ts'
import { collinear } from './collinear.ts'
import type { Finding } from './finding.ts'

/** A value in more than this share of the rows is a point mass. */
export const POINT_MASS_SHARE = 0.01
/** In a short table one tie is already more than 1 %; that few equal values are no evidence of a mass. */
const POINT_MASS_ROWS = 3

const nonFinite = (t: Table, name: string, values: Float64Array): readonly Finding[] => {
  const first = values.findIndex((x) => !Number.isFinite(x))
  if (first < 0) return []
  const count = values.reduce((n, x) => n + (Number.isFinite(x) ? 0 : 1), 0)
  return [{ _tag: 'NonFinite', severity: 'error', column: name, row: t.origin[first]!, value: values[first]!, count }]
}

const pointMasses = (name: string, values: Float64Array): readonly Finding[] => {
  const heavy = ties(values).filter(({ count }) => count >= POINT_MASS_ROWS && count > POINT_MASS_SHARE * values.length)
  return heavy.length === 0
    ? []
    : [{ _tag: 'PointMass', severity: 'warning', column: name, rows: values.length, values: heavy }]
}

/**
 * Everything about a table that stands against fitting a density to it, errors before warnings: non-finite cells,
 * constant columns, exactly collinear columns, too few rows, and point masses (one value in more than 1 % of the rows).
 *
 * A table of one row, or of no more rows than columns, gives that one finding, since all columns would be constant or
 * collinear for that reason alone.
 *
 * @example
 * checkTable(survey).filter((finding) => finding.severity === 'error').map(explainFinding)
 */
export const checkTable = (t: Table): readonly Finding[] => {
  if (t.columns.length === 0) return [{ _tag: 'NoColumns', severity: 'error' }]
  if (t.rows === 0) return [{ _tag: 'NoRows', severity: 'error' }]
  const values = t.columns.map((name) => column(name)(t))
  const infinite = t.columns.flatMap((name, j) => nonFinite(t, name, values[j]!))
  if (t.rows === 1) return [...infinite, { _tag: 'OneRow', severity: 'error' }]
  const constant = (j: number): boolean => values[j]!.every((x) => x === values[j]![0])
  const constants = t.columns.flatMap((name, j): readonly Finding[] =>
    constant(j) ? [{ _tag: 'Constant', severity: 'error', column: name, value: values[j]![0]! }] : [],
  )
  if (t.rows <= t.columns.length)
    return [...infinite, ...constants, { _tag: 'FewRows', severity: 'error', rows: t.rows, columns: t.columns.length }]
  const sound = t.columns.filter((_, j) => !constant(j) && values[j]!.every(Number.isFinite))
  const masses = t.columns.flatMap((name, j) => (constant(j) ? [] : pointMasses(name, values[j]!)))
  return [...infinite, ...constants, ...collinear(t, sound), ...masses]
}
