/**
 * A training step (density, gradient, Adam) and scoring on the reference engine: batches of 512 rows of the HTRU2 survey,
 * 8 columns, 8 layers with conditioners of two hidden layers of 64.
 *
 * Prints one line for each flow: medians over the steps of a short training. The first steps, in which the machine warms
 * up, do not count. A flow that does not learn in that time is an error, not a time.
 */
import { performance } from 'node:perf_hooks'
import { explain, htru2, selectColumns } from '@diffeo/data'
import { type Flow, fitOrThrow, logDensities, neuralSplineFlow, realNVP } from '@diffeo/flows'

const BATCH = 512
const EPOCHS = 3
const WARMING_UP = 10

const shape = { dim: 8, layers: 8, hidden: [64, 64] }
const flows: ReadonlyArray<readonly [string, Flow]> = [
  ['RealNVP', realNVP(shape)],
  ['spline, 8 bins', neuralSplineFlow({ ...shape, bins: 8 })],
]

const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!

const survey = await htru2()()
if (survey._tag === 'Left') throw new Error(explain(survey.left))
const table = selectColumns(survey.right.columns)(survey.right)

console.log(`Node ${process.version}, ${process.arch}; ${table.rows} rows of ${table.columns.length} columns`)
for (const [name, flow] of flows) {
  const at: number[] = []
  let engine = ''
  const outcome = await fitOrThrow(flow, table, {
    batchSize: BATCH,
    epochs: EPOCHS,
    validation: 0,
    onEvent: (event) => {
      if (event._tag === 'Started') engine = event.engine
      if (event._tag === 'Step') at.push(event.seconds)
    },
  })
  // From the end of one step to the end of the next; the first of an epoch also closes the epoch before it.
  const perEpoch = outcome.steps / EPOCHS
  const steps = at.slice(1).flatMap((end, i) => (i < WARMING_UP || (i + 1) % perEpoch === 0 ? [] : end - at[i]!))
  const [first, last] = [outcome.history[0]!.training, outcome.history.at(-1)!.training]
  if (!(last > first + 0.1)) throw new Error(`${name} does not learn: ${first} nats, then ${last}.`)

  await logDensities(flow, outcome.params, table)
  const before = performance.now()
  await logDensities(flow, outcome.params, table)
  const scoring = performance.now() - before

  const step = median(steps) * 1000
  const [trained, scored] = [(BATCH / step) * 1000, (table.rows / scoring) * 1000].map((x) => Math.round(x))
  console.log(
    `${name.padEnd(15)} ${outcome.parameters} parameters: ${step.toFixed(1)} ms a step, ${trained} examples/s; ` +
      `scoring ${scored} examples/s (${engine})`,
  )
}
