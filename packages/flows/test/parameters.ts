import type { HostArray } from '@diffeo/autodiff'
import { type Declared, mapDeclared, type Parameter } from '../src/parameters.ts'
import { normals } from './draws.ts'

/** What stands in a declared tree where arrays are given for its parameters. */
export type Arrays<P> = P extends { readonly dtype: unknown } ? HostArray : { readonly [K in keyof P]: Arrays<P[K]> }

/** A value for every declared parameter, normal unless `of` says otherwise: what training might reach, not what it starts from. */
export const drawParameters = <P>(
  declared: Declared<P>,
  seed: number,
  deviation = 1,
  of?: (path: string, parameter: Parameter) => HostArray | undefined,
): Arrays<P> =>
  mapDeclared(
    declared,
    ({ path, parameter }, i) => of?.(path, parameter) ?? normals(seed * 1000 + i, parameter.shape, deviation),
  ) as Arrays<P>
