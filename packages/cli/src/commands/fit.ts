import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { command, type Start } from '../command.ts'
import type { CliError } from '../error.ts'
import type { Condition } from '../job/condition.ts'
import type { FitJob } from '../job/fitTable.ts'
import { FLOW_NAMES, type FlowChoice, type FlowName, USUAL } from '../job/flowChoice.ts'
import { textColumns } from '../job/rowChoice.ts'
import type { SplitChoice } from '../job/split.ts'
import { bins, condition, names, positive, seed, split, whole, widths } from '../options/values.ts'
import type { Terminal } from '../terminal.ts'

const EXAMPLES = `
Examples:
  $ diffeo fit survey.csv
  $ diffeo fit survey.csv --flow maf --epochs 50 --out out/survey
  $ diffeo fit survey.csv --label target_class --train-where "target_class=not_pulsar" --json
`

/** Options as they were parsed. */
interface Options {
  readonly columns?: readonly string[]
  readonly label?: string
  readonly trainWhere?: Condition
  readonly split: SplitChoice
  readonly flow: FlowName
  readonly layers?: number
  readonly hidden?: readonly number[]
  readonly bins?: number
  readonly tails?: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly patience: number
  readonly seed: number
  readonly out?: string
  readonly force?: true
  readonly resume?: true
  readonly json?: true
}

/** `diffeo fit FILE`. */
export const fitCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'fit')
    .description('Fit a flow to the numeric columns of a CSV file and save it as a model folder.')
    .argument('<file>', 'CSV file, plain or gzip; or toy:NAME[:ROWS], rows drawn from a toy density such as toy:moons')
    .option('--columns <names>', 'columns to fit, separated by commas (default: all that hold numbers)', names)
    .option('--label <column>', 'column of classes; the rarest class is searched for by low density')
    .option(
      '--train-where <condition>',
      'fit only rows with COLUMN=VALUE (or !=); the others are searched for',
      condition,
    )
    .addOption(
      new Option(
        '--split <how>',
        'rows to train, validate and test: random[:SEED] (8:1:1), modulus (row i validates if i mod 10 is 8, tests if 9), column:NAME',
      )
        .argParser(split)
        .default({ kind: 'random', seed: 0 }, 'random'),
    )
    .addOption(
      new Option('--flow <kind>', 'neural spline flow, masked autoregressive flow or RealNVP')
        .choices(FLOW_NAMES)
        .default('nsf'),
    )
    .option('--layers <n>', `layers of the flow (default: ${usual(({ layers }) => String(layers))})`, whole(1))
    .option('--hidden <widths>', `hidden widths (default: ${usual(({ hidden }) => hidden.join(','))})`, widths)
    .option('--bins <n>', `pieces of each spline (default: ${USUAL.nsf.spline!.bins})`, bins)
    .option('--tails <x>', `splines end at ±x standard deviations (default: ${USUAL.nsf.spline!.tails})`, positive)
    .option('--epochs <n>', 'most passes over the training rows', whole(1), 100)
    .option('--batch-size <n>', 'rows in a step', whole(1), 256)
    .option('--learning-rate <x>', 'of Adam, at its highest', positive, 3e-3)
    .option('--patience <n>', 'stop after so many epochs without gain on the validation rows', whole(1), 30)
    .option('--seed <n>', 'of all random numbers; the same seed gives the same bits', seed, 0)
    .option('--out <folder>', 'where the model goes (default: out/ and the name of the file)')
    .option('--force', 'replace an earlier model')
    .option('--resume', 'continue a fit that was stopped')
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: Options) =>
      start('diffeo fit', async (signal) => {
        const job = jobOf(options)
        if (E.isLeft(job)) return job
        // Loaded here, so that help and wrong calls are answered at once.
        const { fitFile } = await import('../work/fitFile.ts')
        return fitFile(terminal, { ...options, ...job.right, file }, signal)
      }),
    )

const usual = (show: (flow: FlowChoice) => string): string =>
  FLOW_NAMES.map((name) => `${name} ${show(USUAL[name])}`).join(', ')

const usage = (line: string): E.Either<CliError, never> =>
  E.left({ _tag: 'Usage', line: `${line} See diffeo fit --help.` })

/** The fit that the options ask for, or why they do not go together. */
const jobOf = (options: Options): E.Either<CliError, FitJob> => {
  const { flow: kind, layers, hidden, bins, tails } = options
  const { epochs, batchSize, learningRate, patience } = options
  if (kind !== 'nsf' && (bins !== undefined || tails !== undefined))
    return usage(`--bins and --tails belong to --flow nsf, not ${kind}.`)
  const rows = { split: options.split, trainWhere: options.trainWhere, label: options.label }
  const both = textColumns(rows).find((name) => options.columns?.includes(name))
  if (both !== undefined)
    return usage(
      `column "${both}" is named in --columns, but it also says which rows are which; leave it out of --columns.`,
    )
  const known = USUAL[kind]
  const spline = known.spline && { bins: bins ?? known.spline.bins, tails: tails ?? known.spline.tails }
  return E.right({
    rows,
    flow: { kind, layers: layers ?? known.layers, hidden: hidden ?? known.hidden, ...(spline && { spline }) },
    training: { seed: options.seed, epochs, batchSize, learningRate, patience },
  })
}
