import { sizeOf } from '../shape.ts'
import { type Kernel, make, type Operation } from './operation.ts'
import { type Node, nodeOf, type Tensor } from './tensor.ts'

const sameKernel = ({ inputs: [x], shape }: Node<null>): Kernel => {
  const size = sizeOf(shape)
  return ([out], [a], lanes) => {
    const n = size * (x!.varies ? lanes : 1)
    for (let i = 0; i < n; i++) out![i] = a![i]!
  }
}

/** A new name for a value: what a derivative is taken with respect to, apart from other uses of the same value. */
export const aliasOperation: Operation<null> = {
  name: 'alias',
  infer: (_, [x]) => ({ shape: x!.shape, dtype: x!.dtype, varies: x!.varies }),
  reverse: (_, [g]) => [g ?? null],
  forward: (_, [t]) => [t ?? null],
  kernel: sameKernel,
}

export const alias = <A extends string = never>(x: Tensor<A>): Tensor<A> => make(aliasOperation, null, [nodeOf(x)])

export const stopOperation: Operation<null> = {
  ...aliasOperation,
  name: 'stopGradient',
  reverse: () => [null],
  forward: () => [null],
}

/** The same value, through which no derivative flows. */
export const stopGradient = <A extends string = never>(x: Tensor<A>): Tensor<A> =>
  make(stopOperation, null, [nodeOf(x)])
