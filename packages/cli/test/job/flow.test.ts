import { table } from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { type FlowChoice, showFlow } from '../../src/job/flowChoice.ts'
import { flowFor } from '../../src/job/flowFor.ts'

const rows = table({ columns: ['x', 'y'], data: Float64Array.of(0, 1, 2, 5, 3, 3) })
const plain: FlowChoice = { kind: 'nsf', layers: 2, hidden: [6, 5], spline: { bins: 4, tails: 9 } }

const kinds = (choice: FlowChoice): readonly string[] => {
  const flow = flowFor(choice, rows)
  if (E.isLeft(flow)) throw new Error(JSON.stringify(flow.left))
  return flow.right.bijector.spec.parts.map(({ kind }) => kind)
}

test('a flow is built and described with the mixing and the activation that were chosen, and without by default', () => {
  expect(kinds(plain)).toEqual(['standardise', 'coupling', 'coupling'])
  expect(showFlow(plain)).toBe('neural spline flow, 2 layers of [6, 5], 4 bins to ±9')
  const mixed: FlowChoice = { ...plain, activation: 'silu', mixing: true }
  expect(kinds(mixed)).toEqual(['standardise', 'luLinear', 'coupling', 'luLinear', 'coupling'])
  expect(showFlow(mixed)).toBe('neural spline flow, 2 layers of [6, 5] with silu and linear mixing, 4 bins to ±9')
})

test('the chosen activation is that of every conditioner', () => {
  for (const kind of ['nsf', 'maf', 'realnvp'] as const) {
    const flow = flowFor({ kind, layers: 2, hidden: [6], activation: 'tanh' }, rows)
    if (E.isLeft(flow)) throw new Error(JSON.stringify(flow.left))
    expect(JSON.stringify(flow.right.bijector.spec).match(/"activation":"tanh"/g)).toHaveLength(2)
  }
})
