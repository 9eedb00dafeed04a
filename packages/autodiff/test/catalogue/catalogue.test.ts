import { expect, test } from 'vitest'
import * as surface from '../../src/index.ts'
import { catalogue } from './catalogue.ts'

/** Public functions of tensors that are no operations of a target, or have tests of their own kind. */
const others = {
  'made before a program runs': ['constant', 'example', 'filled', 'input', 'iota', 'ones', 'zeros', 'scalarConstant'],
  'differentiation, tested by its laws': [
    'grad',
    'hessianVector',
    'jacobian',
    'jvp',
    'valueAndGrad',
    'vjp',
    'withDerivative',
  ],
  'graphs built of the operations': [
    'adam',
    'adamW',
    'exponentialMovingAverage',
    'clipByGlobalNorm',
    'globalNorm',
    'constantRate',
    'cosine',
    'warmup',
    'sgd',
  ],
  'engines, shapes, trees, formulas and text': [
    'evaluate',
    'evaluateAt',
    'fromRows',
    'toRows',
    'open',
    'openReference',
    'openWasm',
    'EPSILON',
    'perturbed',
    'toFloat32',
    'print',
    'threefry2x32',
    'interpret',
    'derivedRows',
    'primitiveRows',
    'interval',
    'evaluateExpression',
    'substitute',
    'sameShape',
    'sizeOf',
    'applyExpression',
    'rowOf',
    'topologicalOrder',
    'nodeOf',
    'isTensor',
    'tree',
    'DiffeoMistake',
  ],
}

test('every operation has a case', () => {
  const names = catalogue.map(({ name }) => name)
  const covered = (operation: string): boolean =>
    names.some((name) => name.split(/[ ,]/).includes(operation) || name.startsWith(`${operation} `))
  const listed = new Set<string>(Object.values(others).flat())
  const operations = Object.entries(surface).flatMap(([name, value]): readonly string[] =>
    listed.has(name)
      ? []
      : name === 'lanes' || name === 'random'
        ? Object.keys(value).map((part) => `${name}.${part}`)
        : [name],
  )
  // A key is what every draw of random numbers begins with.
  expect(operations.filter((operation) => !covered(operation) && operation !== 'random.key')).toEqual([])
})

test('no two cases have one name', () => {
  const names = catalogue.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
