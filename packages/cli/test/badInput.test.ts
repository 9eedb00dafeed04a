import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cloud, csv, folder, run } from './command.ts'

const TINY = ['--epochs', '1', '--layers', '1', '--hidden', '4'] as const
const good = cloud(60)
/** The cloud with one cell changed; row 0 is the header. */
const withCell = (row: number, column: number, cell: string | number) =>
  good.map((cells, i) => (i === row ? cells.map((old, j) => (j === column ? cell : old)) : cells))

describe('data that no density can be fitted to', () => {
  test.each([
    ['a text cell', withCell(17, 1, 'n/a?'), 'found the text "n/a?" in line 18, column "y"'],
    ['a NaN', withCell(5, 0, 'NaN'), 'found the missing value "NaN" in line 6, column "x"'],
    [
      'an empty column',
      good.map(([x, y], i) => [x!, y!, i === 0 ? 'z' : '']),
      'column "z" (number 3) holds no value in any row',
    ],
    ['a constant column', good.map(([x, y], i) => [x!, y!, i === 0 ? 'z' : 7]), 'Column "z" is 7 in every row'],
    ['one row', good.slice(0, 2), 'a single row'],
    [
      'more columns than rows',
      [
        Array.from({ length: 9 }, (_, j) => `c${j}`),
        ...Array.from({ length: 5 }, (_, i) => Array.from({ length: 9 }, (_, j) => Math.sin(9 * i + j))),
      ],
      '5 rows and 9 columns',
    ],
    [
      'a column that follows from another',
      good.map(([x, y], i) => [x!, y!, i === 0 ? 'z' : 2 * Number(x)]),
      'Column "z" follows exactly from the others',
    ],
    [
      'one column for a flow of couplings',
      good.map(([x]) => [x!]),
      'the couplings of --flow nsf need two columns or more, found only "x"; use --flow maf',
    ],
    [
      'no header and no numbers',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
      'expected at least one column of numbers',
    ],
  ] as const)('%s ends with status 1 and one line, and nothing is written', async (_, rows, line) => {
    const here = folder()
    const file = csv(here, rows)
    const { status, out, err } = await run(here, ['fit', file, ...TINY])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(/^diffeo fit: data\.csv[^\n]*\n$/)
    expect(err).toContain(line)
    expect(readdirSync(here)).toEqual([file])
  })

  test('a missing file ends with status 1 and one line', async () => {
    const here = folder()
    expect(await run(here, ['fit', 'none.csv'])).toEqual({
      status: 1,
      out: '',
      err: 'diffeo fit: none.csv: cannot be read: there is no such file.\n',
    })
    expect(readdirSync(here)).toEqual([])
  })

  test('a condition that no row meets names it', async () => {
    const here = folder()
    const { status, err } = await run(here, ['fit', csv(here, good), '--train-where', 'class=none', ...TINY])
    expect({ status, lines: err.split('\n').length }).toEqual({ status: 1, lines: 2 })
    expect(err).toContain('data.csv: --train-where class=none leaves no training rows')
  })
})

test('a point mass is fitted after a warning that names column and value', async () => {
  const here = folder()
  const rows = good.map(([x, y], i) => [x!, i > 0 && i % 3 === 0 ? 0 : y!])
  const { status, err } = await run(here, ['fit', csv(here, rows), ...TINY])
  expect(status).toBe(0)
  expect(err.split('\n')[0]).toMatch(/^warning: data\.csv: Column "y" is exactly 0 in 33\.3 % of the rows \(20 of 60\)/)
})

test('training rows outside the splines’ box are warned about, with the row and the column', async () => {
  const here = folder()
  const { status, err } = await run(here, [
    'fit',
    csv(here, withCell(31, 0, 1e3)),
    '--split',
    'modulus',
    ...TINY,
    '--tails',
    '3',
  ])
  expect(status).toBe(0)
  expect(err).toMatch(
    /warning: data\.csv: \d+ of 48 training rows lie outside the splines' box of ±3 .*\(row 30, column "x" is 6\.\d+ away\)/,
  )
})

describe('a place for the model that is taken', () => {
  test('a folder of other things is refused, with and without --force, before anything is read', async () => {
    const here = folder()
    mkdirSync(join(here, 'photos'))
    writeFileSync(join(here, 'photos', 'cat.jpg'), '')
    for (const force of [[], ['--force']]) {
      const { status, out, err } = await run(here, ['fit', 'none.csv', '--out', 'photos', ...force])
      expect({ status, out }).toEqual({ status: 1, out: '' })
      expect(err).toBe(
        'diffeo fit: photos: expected a new or empty folder or an earlier model, found "cat.jpg"; choose another folder with --out.\n',
      )
    }
    expect(readdirSync(join(here, 'photos'))).toEqual(['cat.jpg'])
  })

  test('an earlier model needs --force, and is then replaced whole', async () => {
    const here = folder()
    const fit = ['fit', csv(here, good), '--out', 'model', ...TINY]
    expect((await run(here, fit)).status).toBe(0)
    const names = readdirSync(join(here, 'model'))
    const again = await run(here, fit)
    expect({ status: again.status, err: again.err }).toEqual({
      status: 1,
      err: 'diffeo fit: model: holds a model already; add --force to replace it, or choose another folder with --out.\n',
    })
    expect((await run(here, [...fit, '--force', '--seed', '1'])).status).toBe(0)
    expect(readdirSync(join(here, 'model'))).toEqual(names)
    expect(readdirSync(here).sort()).toEqual(['data.csv', 'model'])
    writeFileSync(join(here, 'model', 'notes.txt'), 'mine')
    expect((await run(here, [...fit, '--force'])).err).toContain('found "notes.txt"')
  })
})

describe('a model that cannot be used', () => {
  test.each(['score', 'sample', 'info'])('diffeo %s says in one line that there is none', async (name) => {
    const here = folder()
    const { status, out, err } = await run(here, [name, 'model', ...(name === 'score' ? ['none.csv'] : [])])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toBe(
      `diffeo ${name}: model/model.json: there is no such file; a model is a folder with model.json and weights.bin.\n`,
    )
  })
})
