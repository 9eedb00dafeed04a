import type { HostArray } from '@diffeo/autodiff'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { builtInKinds } from '../../src/catalogue.ts'
import { checkpointFromFiles, checkpointToFiles } from '../../src/export/checkpoint.ts'
import { explainModel } from '../../src/export/error.ts'
import { type Files, jsonFile, textFile } from '../../src/export/files.ts'
import { type Model, modelFromFiles, modelToFiles } from '../../src/export/model.ts'
import { packTensors, unpackTensor } from '../../src/export/tensors.ts'
import { builtInFlowKinds } from '../../src/rebuildFlow.ts'
import type { Checkpoint } from '../../src/train/checkpoint.ts'
import { fitOrThrow } from '../../src/train/fit.ts'
import { logDensities } from '../../src/train/score.ts'
import { left, right } from '../either.ts'
import { affineFlow, affineKind } from '../train/affineFlow.ts'
import { normalTable } from '../train/table.ts'

const kinds = { ...builtInFlowKinds, bijectors: [...builtInKinds.bijectors, affineKind] }
const data = normalTable(60, [1, 2], [1, 3])

const jsonOf = (files: Files, name = 'model.json') =>
  JSON.parse(new TextDecoder().decode(files[name])) as Record<string, unknown>

describe('tensors', () => {
  test('every array comes back to the bit, with its type', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.float64Array(), fc.float32Array(), fc.int32Array()), { maxLength: 5 }),
        (all) => {
          const arrays = all.map((a, i) => ({ path: `a${i}`, array: { data: a, shape: [a.length] } as HostArray }))
          const { bytes, listing } = packTensors(arrays)
          arrays.forEach(({ array }, i) => expect(unpackTensor(bytes, listing.tensors[i]!)).toStrictEqual(array))
        },
      ),
    ))

  test('numbers are little-endian float64', () => {
    const { bytes } = packTensors([{ path: 'x', array: { data: Float64Array.of(1), shape: [] } }])
    expect(Array.from(bytes)).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
  })
})

describe('model files', () => {
  let model: Model
  let files: Files
  beforeAll(async () => {
    const flow = affineFlow(2)
    const { params } = await fitOrThrow(flow, data, { epochs: 2 })
    model = { flow, params, columns: data.columns, metadata: { seed: 0, note: 'größer' } }
    files = modelToFiles(model)
  })
  const changed = (change: (json: Record<string, unknown>) => void): Files => {
    const json = jsonOf(files)
    change(json)
    return { ...files, 'model.json': jsonFile(json) }
  }

  test('a model comes back equal, and scores rows to the same bits', async () => {
    const back = right(modelFromFiles(files, kinds))
    expect(back.params).toStrictEqual(model.params)
    expect(back).toMatchObject({ columns: model.columns, metadata: model.metadata })
    expect(back.flow.spec).toEqual(model.flow.spec)
    expect(await logDensities(back.flow, back.params, data)).toEqual(await logDensities(model.flow, model.params, data))
  })

  test('any changed byte of the weights is found', () =>
    fc.assert(
      fc.property(fc.nat({ max: 31 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bytes = files['weights.bin']!.slice()
        bytes[at]! ^= by
        expect(left(modelFromFiles({ ...files, 'weights.bin': bytes }, kinds))._tag).toBe('Damaged')
      }),
    ))

  test('a file cut off anywhere is an error with one sentence', () =>
    fc.assert(
      fc.property(
        fc.constantFrom('model.json', 'weights.bin'),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (name, share) => {
          const whole = files[name]!
          const cut = { ...files, [name]: whole.slice(0, Math.floor(share * (whole.length - 2))) }
          const sentence = explainModel(left(modelFromFiles(cut, kinds)))
          expect(sentence).toContain(name)
          expect(sentence).not.toContain('\n')
        },
      ),
    ))

  test('another version, another format and missing fields are named', () => {
    const tag = (change: (json: Record<string, unknown>) => void) => left(modelFromFiles(changed(change), kinds))
    expect(tag((j) => void Object.assign(j, { version: 7 }))).toMatchObject({ _tag: 'OtherVersion', found: '7' })
    expect(tag((j) => void Object.assign(j, { format: 'onnx' }))).toMatchObject({
      _tag: 'OtherFormat',
      found: '"onnx"',
    })
    expect(tag((j) => void Object.assign(j, { columns: 3 }))).toMatchObject({ _tag: 'BadField', field: 'columns' })
    expect(tag((j) => void Object.assign(j, { weights: null }))).toMatchObject({ _tag: 'BadField', field: 'weights' })
    expect(tag((j) => void Object.assign(j, { flow: 'nsf' }))).toMatchObject({ _tag: 'BadFlow' })
    expect(left(modelFromFiles({ ...files, 'model.json': textFile('[1]') }, kinds))._tag).toBe('NotJson')
  })

  test('a layer of a kind that was not passed along is named', () => {
    const error = left(modelFromFiles(files))
    expect(explainModel(error)).toContain('no bijector of kind "testAffine"')
  })

  test('weights that do not fit the flow are named', () => {
    const other = changed((j) => {
      const flow = j.flow as { options: { bijector: { options: { d: number } } }; parts: { options: object }[] }
      flow.options.bijector.options.d = 3
      flow.parts[0]!.options = { shape: [3] }
    })
    expect(left(modelFromFiles(other, kinds))).toMatchObject({ _tag: 'WrongShape', tensor: 'bijector.shift' })
    const lacking = changed((j) => {
      const weights = j.weights as { tensors: unknown[] }
      weights.tensors.pop()
    })
    expect(left(modelFromFiles(lacking, kinds))).toMatchObject({ _tag: 'MissingTensor', tensor: 'bijector.logScale' })
  })
})

describe('checkpoint files', () => {
  test.each([{}, { average: 0.9 }, { validation: 0 }])(
    'a checkpoint comes back equal, and continues to the same bits %j',
    async (more) => {
      const options = { epochs: 4, batchSize: 20, ...more }
      const kept: Checkpoint[] = []
      const whole = await fitOrThrow(affineFlow(2), data, { ...options, checkpoint: (c) => void kept.push(c) })
      const back = right(checkpointFromFiles(checkpointToFiles(kept[1]!)))
      expect(back).toEqual(kept[1])
      const again = await fitOrThrow(affineFlow(2), data, { ...options, resumeFrom: back })
      expect(again.params).toStrictEqual(whole.params)
      expect(again.history).toEqual(whole.history)
    },
  )

  test('a likelihood of -∞ survives', async () => {
    const kept: Checkpoint[] = []
    await fitOrThrow(affineFlow(2), data, { epochs: 1, checkpoint: (c) => void kept.push(c) })
    const infinite = { ...kept[0]!, history: [{ training: -3, validation: -Infinity }] }
    expect(right(checkpointFromFiles(checkpointToFiles(infinite))).history).toEqual(infinite.history)
  })

  test('a model is no checkpoint', () => {
    const files = {
      'checkpoint.json': jsonFile({ format: 'diffeo-model', version: 0 }),
      'checkpoint.bin': new Uint8Array(0),
    }
    expect(left(checkpointFromFiles(files))._tag).toBe('OtherFormat')
  })
})
