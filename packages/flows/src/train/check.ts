import { sizeOf } from '@diffeo/autodiff'
import { type Domain, endsOf } from '../domain.ts'
import type { Dataset } from './dataset.ts'
import type { FitError, Part } from './error.ts'

/** What stands against fitting a density on this domain to a table, or undefined. */
export const faultOf = ({ columns, rows, data }: Dataset, domain: Domain, part: Part): FitError | undefined => {
  const d = sizeOf(domain.shape)
  if (columns.length !== d) return { _tag: 'WrongWidth', part, expected: d, columns }
  if (rows === 0) return { _tag: 'NoRows', part }
  const at = (place: number) => ({
    part,
    row: Math.floor(place / d),
    column: columns[place % d]!,
    value: data[place]!,
  })
  const strange = data.findIndex((x) => !Number.isFinite(x))
  if (strange >= 0) return { _tag: 'BadCell', ...at(strange) }
  const ends = endsOf(domain.support)
  if (!ends) return undefined
  const outside = data.findIndex((x) => !(ends[0] < x && x < ends[1]))
  return outside >= 0 ? { _tag: 'OutsideSupport', ...at(outside), support: domain.support } : undefined
}
