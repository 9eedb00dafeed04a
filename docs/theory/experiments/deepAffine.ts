// Deep flows of affine couplings, with and without what should keep them stable: which trainings end, what they reach, and
// what float32 makes of the way there and back, also far from all data.
//
//   node docs/theory/experiments/deepAffine.ts
//
// Prints the tables and writes the picture of docs/theory/stability.md, in some minutes on two cores.
import { writeFileSync } from 'node:fs'
import { pictureOfRuns } from './deepAffine/dots.ts'
import { DATA, settings } from './deepAffine/grid.ts'
import { sideBySide } from './deepAffine/sideBySide.ts'
import { tableOf } from './deepAffine/tables.ts'

const began = performance.now()
const minutes = (): string => ((performance.now() - began) / 60000).toFixed(1)
const runs = await sideBySide(settings, 2, ({ setting, flow, failure }, done) => {
  const { data, constraint, depth, learningRate, seed } = setting
  const which = `${data}, ${depth} layers, ${constraint}, learning rate ${learningRate}, seed ${seed}`
  const what = flow ? `log p ${flow.logLikelihood.toFixed(2)}` : failure
  console.error(`${done} of ${settings.length}, ${minutes()} min: ${which}: ${what}`)
})

for (const data of DATA) console.log(`\n${data}\n\n${tableOf(data, runs)}`)
const damped = runs.filter(({ damped }) => damped > 0)
const saved = damped.filter(({ flow }) => flow)
console.log(`\nThe watch damped ${damped.length} trainings, ${saved.length} of which reached their end.`)
writeFileSync(new URL('../deep-affine.svg', import.meta.url), pictureOfRuns(runs))
console.error(`${minutes()} minutes`)
