import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, test } from 'vitest'

const folder = process.env.DIFFEO_GOLDEN_DIR ?? join(import.meta.dirname, '../../../../shared/golden')

/**
 * Declares tests against one file of independently computed values. Where the file is missing the block is one skipped
 * test that says why; after the tests, the number of golden files read is printed.
 */
export const describeGolden = <Contents>(file: string, declare: (contents: Contents) => void): void => {
  const path = join(folder, file)
  if (!existsSync(path)) {
    console.log(`golden: ${file} skipped, no such file in ${folder} (set DIFFEO_GOLDEN_DIR to the folder that has it).`)
    test.skip(`golden values of ${file} (the file is missing)`, () => {})
    return
  }
  declare(JSON.parse(readFileSync(path, 'utf8')) as Contents)
  afterAll(() => console.log(`golden: 1 file read, ${file}`))
}
