import { sizeOf } from '../shape.ts'
import { type ConstantAttributes, constantOperation, inputOperation } from '../tensor/constant.ts'
import { pickOperation } from '../tensor/graph.ts'
import { countOperation, indexOperation } from '../tensor/lanes.ts'
import { loopOperation } from '../tensor/loop.ts'
import { make, type Operation } from '../tensor/operation.ts'
import { foldInOperation, uniformOperation } from '../tensor/random.ts'
import type { Node } from '../tensor/tensor.ts'

/** Elements of the largest result that is computed while a program is compiled. */
const SMALL = 256

/** Not for folding: bound when a program runs, of unknown cost, or random, which stays where one can see it. */
const excluded: ReadonlySet<Operation> = new Set<Operation>([
  constantOperation,
  inputOperation,
  indexOperation,
  countOperation,
  loopOperation,
  pickOperation,
  uniformOperation,
  foldInOperation,
] as readonly Operation[])

/** A uniform node of one small result whose inputs are constants, as a constant: its kernel, run now. Null elsewhere. */
export const fold = (node: Node): Node | null => {
  if (node.varies || node.outputs || excluded.has(node.operation) || node.inputs.length === 0) return null
  if (!node.inputs.every((x) => x.operation === constantOperation)) return null
  const size = sizeOf(node.shape)
  if (size > SMALL) return null
  const data = new Float64Array(size)
  const inputs = node.inputs.map((x) => (x.attributes as ConstantAttributes).data)
  node.operation.kernel(node)([data], inputs, 1, { offset: 0 })
  return make(constantOperation, { data, shape: node.shape, dtype: node.dtype }, [])
}
