import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conditionerForPeers, parametersForPeers, pointsForPeers } from './layout.ts'
import { latentOf, normals, parametersOf, rowsOf } from './values.ts'
import { CHECKED, type Work } from './work.ts'

/** The arrays of a piece of work, float32 in files `NAME.f32`. */
export interface Arrays {
  readonly [name: string]: Float32Array
}

/** What goes into a piece of work: once as the library has it, once for peers. */
export const inputsOf = (work: Work): { readonly own: Arrays; readonly peer: Arrays } => {
  switch (work.kind) {
    case 'exp': {
      const both = { values: normals(4, work.rows).map((v) => 3 * v) }
      return { own: both, peer: both }
    }
    case 'contraction': {
      const { size, rows, depth } = work
      // Orthogonal on average, so that a long chain keeps its scale.
      const weights = normals(5, depth * size * size).map((v) => v / Math.sqrt(size))
      const both = { weights, values: normals(6, size * rows) }
      return { own: both, peer: both }
    }
    default: {
      const { model, rows } = work
      const own = {
        parameters: parametersOf(model),
        rows: rowsOf(model, Math.max(rows, CHECKED)),
        latent: latentOf(model, CHECKED),
      }
      const masks = conditionerForPeers(model).flatMap(({ mask }) => (mask ? [...mask] : []))
      return {
        own,
        peer: {
          parameters: parametersForPeers(model, own.parameters),
          rows: pointsForPeers(model, own.rows),
          latent: pointsForPeers(model, own.latent),
          masks: Float32Array.from(masks),
        },
      }
    }
  }
}

export const writeArrays = (folder: string, arrays: Arrays): void => {
  mkdirSync(folder, { recursive: true })
  for (const [name, array] of Object.entries(arrays))
    writeFileSync(join(folder, `${name}.f32`), new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
}
