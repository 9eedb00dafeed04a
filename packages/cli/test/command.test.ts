import { describe, expect, test } from 'vitest'
import { call } from './command.ts'

describe('a wrong call', () => {
  test.each([
    [[], 'diffeo: expected one of the commands fit, score, sample, info, check, theory. See diffeo --help.'],
    [['fti'], "diffeo: unknown command 'fti' (Did you mean fit?) See diffeo --help."],
    [['fit'], "diffeo fit: missing required argument 'file'. See diffeo fit --help."],
    [
      ['fit', 'x.csv', '--epoch', '3'],
      "diffeo fit: unknown option '--epoch' (Did you mean --epochs?) See diffeo fit --help.",
    ],
    [
      ['fit', 'x.csv', '--epochs', '0'],
      "diffeo fit: option '--epochs <n>' argument '0' is invalid. Expected a whole number from 1 on. See diffeo fit --help.",
    ],
    [
      ['fit', 'x.csv', '--flow', 'glow'],
      "diffeo fit: option '--flow <kind>' argument 'glow' is invalid. Allowed choices are nsf, maf, realnvp. See diffeo fit --help.",
    ],
    [
      ['fit', 'x.csv', '--flow', 'maf', '--bins', '4'],
      'diffeo fit: --bins and --tails belong to --flow nsf, not maf. See diffeo fit --help.',
    ],
    [
      ['fit', 'x.csv', '--columns', 'a,b', '--label', 'b'],
      'diffeo fit: column "b" is named in --columns, but it also says which rows are which; leave it out of --columns. See diffeo fit --help.',
    ],
    [['score', 'out/x'], "diffeo score: missing required argument 'file'. See diffeo score --help."],
    [
      ['sample', 'out/x', '--rows', 'many'],
      "diffeo sample: option '--rows <n>' argument 'many' is invalid. Expected a whole number from 1 on. See diffeo sample --help.",
    ],
    [['info', 'out/x', '--verbose'], "diffeo info: unknown option '--verbose'. See diffeo info --help."],
  ])('%j ends with status 2 and one line', async (args, line) => {
    const { status, out, err } = await call(args)
    expect({ status, out, err }).toEqual({ status: 2, out: '', err: `${line}\n` })
  })
})

test.each(['fit', 'score', 'sample', 'info', 'check', 'theory'])(
  'diffeo %s --help shows every option and an example',
  async (name) => {
    const { status, out, err } = await call([name, '--help'])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain(`$ diffeo ${name} `)
    expect(out).toContain('--json')
  },
)

test('diffeo --help lists the commands, diffeo --version the version', async () => {
  const help = await call(['--help'])
  expect(help.status).toBe(0)
  for (const name of ['fit', 'score', 'sample', 'info', 'check', 'theory']) expect(help.out).toContain(`  ${name} `)
  const version = await call(['--version'])
  expect(version).toEqual({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' })
})
