import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { explain, parseCsv, readCsv } from '../../src/index.ts'
import { leftOf, rightOf } from '../either.ts'

const folder = mkdtempSync(join(tmpdir(), 'diffeo-csv-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

// Numbers from a hash: many chunks' worth, cut by chunk borders at every kind of place.
const long = `x,y,kind\n${Array.from({ length: 30_000 }, (_, i) => {
  const bytes = createHash('md5').update(String(i)).digest()
  return `${bytes.readInt32LE(0) / 1024},${bytes.readInt32LE(4)}e-3,"${bytes[8]! % 2 ? 'even, so' : 'odd\n'}${bytes[9]! % 3}"`
}).join('\n')}`

describe('reading a file', () => {
  test('a file larger than one chunk reads as its text does, plain and gzip, whatever its name', async () => {
    const expected = rightOf(parseCsv()(long))
    for (const path of [file('long.csv', long), file('packed.csv', gzipSync(long)), file('long.gz', long)]) {
      const read = rightOf(await readCsv(path)())
      expect(read.rows).toBe(30_000)
      expect({ ...read, source: '' }).toEqual({ ...expected, source: '' })
    }
  })

  test('a missing file, a folder, a cut gzip file and foreign formats each have one clear line', async () => {
    const refusal = async (path: string): Promise<string> => explain(leftOf(await readCsv(path)()))
    const packed = gzipSync(long)
    expect(await refusal(join(folder, 'none.csv'))).toContain('there is no such file')
    expect(await refusal(folder)).toContain('it is a folder')
    expect(await refusal(file('cut.csv.gz', packed.subarray(0, packed.length / 2)))).toContain('cannot be unpacked')
    expect(await refusal(file('broken.csv.gz', Uint8Array.of(0x1f, 0x8b, 9, 9, 9, 9)))).toContain('cannot be unpacked')
    expect(await refusal(file('book.csv', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)))).toContain('a zip archive')
    expect(await refusal(file('wide.csv', Buffer.from('\uFEFFa,b\n1,2', 'utf16le')))).toContain('UTF-16')
    expect(await refusal(file('binary.csv', Uint8Array.of(65, 0, 66)))).toContain('binary data')
    expect(await refusal(file('empty.csv', ''))).toContain('empty file')
    expect(await refusal(file('empty.csv.gz', gzipSync('')))).toContain('empty file')
  })

  test('errors inside a file name the file and the line', async () => {
    const quote = file('quote.csv', `${long}\n1,2,"open\n3,4,x\n`)
    const error = leftOf(await readCsv(quote)())
    expect(error).toMatchObject({ _tag: 'Malformed', source: quote, line: long.split('\n').length + 1 })
    const nan = leftOf(await readCsv(file('nan.csv', 'x,y\n1,2\nNaN,3\n'))())
    expect(explain(nan)).toContain(
      'nan.csv: expected finite numbers, found the missing value "NaN" in line 3, column "x"',
    )
  })
})
