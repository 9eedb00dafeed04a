import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The numbers of a file that `writeArrays` wrote. Apart from it, so that peers load nothing of this library. */
export const readArray = (folder: string, name: string): Float32Array<ArrayBuffer> => {
  const bytes = readFileSync(join(folder, `${name}.f32`))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
