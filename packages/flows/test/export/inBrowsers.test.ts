import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** The sources with every module of Node's refused, as a browser would; what packages install runs as it is. */
const program = `
import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) => {
    if (name.startsWith('node:') && /\\/src\\//.test(context.parentURL ?? '')) throw new Error(name + ' is not here')
    return next(name, context)
  },
})
const { draw, logDensities, neuralSplineFlow, fitOrThrow } = await import('@diffeo/flows')
const { loadModel, modelFromFiles, modelToFiles } = await import('@diffeo/flows/export')
const flow = neuralSplineFlow({ dim: 2, layers: 2, hidden: [4], bins: 4 })
const table = { columns: ['x', 'y'], rows: 8, data: Float64Array.from({ length: 16 }, (_, i) => Math.sin(i)) }
const { params } = await fitOrThrow(flow, table, { epochs: 1, validation: 0 })
const model = modelFromFiles(modelToFiles({ flow, params, columns: table.columns, metadata: null })).right
const scores = [[flow, params], [model.flow, model.params]].map(async ([f, p]) => logDensities(f, p, table))
const [before, after] = await Promise.all(scores)
const drawn = await draw(model.flow, model.params, { count: 2, seed: 1 })
const folder = await loadModel('anywhere')().catch(({ message }) => message)
console.log(JSON.stringify([before.every((x, i) => Object.is(x, after[i])), drawn.rows, folder]))
`

test('without any module of Node, a model is packed, unpacked, scores the same and is drawn from; only folders are missing', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual([true, 2, 'node:fs/promises is not here'])
})
