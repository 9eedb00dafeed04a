import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

/** What `pnpm bench` was asked for. */
export interface Options {
  /** The rows with width 64 against the npm peers only. */
  readonly quick: boolean
  readonly json: string | undefined
  /** Numbers of threads, one comparison each. */
  readonly threads: readonly number[]
  /** Only workloads whose names contain this. */
  readonly only: string | undefined
}

export const USAGE = `pnpm bench [--quick] [--threads 1,2] [--only NAME] [--json FILE]

  --quick     steps, densities and draws at width 64 against the npm peers, in about a minute
  --threads   numbers of threads to compare on, by default 1 and 2 (1 with --quick)
  --only      workloads whose names contain NAME
  --json      writes versions, machine and rows to FILE`

/** @throws what is wrong with the arguments, in one sentence */
export const optionsOf = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      threads: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const usual = values.quick || availableParallelism() === 1 ? '1' : '1,2'
  const threads = (values.threads ?? usual).split(',').map(Number)
  if (!threads.every((n) => Number.isInteger(n) && n > 0))
    throw new Error(`--threads takes whole numbers from 1 with commas between them, got ${values.threads}.`)
  return { quick: values.quick, json: values.json, threads, only: values.only }
}
