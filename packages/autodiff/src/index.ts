export { grad, hessianVector, jacobian, jvp, valueAndGrad, vjp } from './derive/grad.ts'
export { DiffeoMistake } from './error.ts'
export { type AdamOptions, type AdamWOptions, adam, adamW } from './optimise/adam.ts'
export { exponentialMovingAverage, type MovingAverage } from './optimise/average.ts'
export { clipByGlobalNorm, globalNorm } from './optimise/clip.ts'
export type { Optimiser, Tensors } from './optimise/optimiser.ts'
export { type CosineOptions, constantRate, cosine, type Rate, type Schedule, warmup } from './optimise/schedule.ts'
export { type SgdOptions, sgd } from './optimise/sgd.ts'
export { print } from './print.ts'
export { threefry2x32 } from './random/threefry.ts'
export { type Expression, interpret, type Row } from './scalar/expression.ts'
export { derivedRows, primitiveRows } from './scalar/index.ts'
export * as interval from './scalar/interval.ts'
export { evaluate as evaluateExpression, substitute } from './scalar/row.ts'
export { type Shape, sameShape, sizeOf } from './shape.ts'
export type {
  CompileOptions,
  Engine,
  EngineOptions,
  HostArray,
  Open,
  Precision,
  Program,
  Resident,
  RunOptions,
  TargetName,
} from './target/engine.ts'
export {
  type Evaluated,
  type EvaluateOptions,
  evaluate,
  evaluateAt,
  fromRows,
  type Traced,
  toRows,
} from './target/evaluate.ts'
export { open } from './target/open.ts'
export {
  openReference,
  type ReferenceEngine,
  type ReferenceProgram,
  type ReferenceRunOptions,
} from './target/reference/engine.ts'
export { EPSILON, perturbed, type Rounding, toFloat32 } from './target/reference/rounding.ts'
export type { SyncEngine, SyncProgram } from './target/shell.ts'
export { openWasm } from './target/wasm/engine.ts'
export { stopGradient } from './tensor/alias.ts'
export { broadcastTo, sum } from './tensor/broadcast.ts'
export { constant, example, filled, input, iota, ones, scalarConstant, zeros } from './tensor/constant.ts'
export { einsum, matmul } from './tensor/contract.ts'
export { loop, map, scan, until } from './tensor/control.ts'
export {
  abs,
  add,
  and,
  applyExpression,
  asinh,
  atan,
  atanh,
  cast,
  clamp,
  cos,
  cosh,
  digamma,
  div,
  equal,
  erf,
  erfInverse,
  exp,
  expm1,
  finite,
  floor,
  gelu,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  logGamma,
  logit,
  maximum,
  minimum,
  mul,
  neg,
  not,
  notEqual,
  or,
  power,
  relu,
  rowOf,
  sigmoid,
  sign,
  silu,
  sin,
  sinh,
  softplus,
  softplusInverse,
  sqrt,
  square,
  sub,
  tan,
  tanh,
  where,
} from './tensor/elementwise.ts'
export { cumulativeSum, gather, oneHot, scatterAdd, searchSorted, takeAlong } from './tensor/gather.ts'
export { topologicalOrder } from './tensor/graph.ts'
export { fixedPoint, type RootOptions, root } from './tensor/implicit.ts'
export { lanes } from './tensor/lanes.ts'
export {
  cholesky,
  type Eigen,
  eigenSymmetric,
  expm,
  type Factors,
  logAbsDet,
  lu,
  solve,
  triangularSolve,
} from './tensor/linalg.ts'
export { random } from './tensor/random.ts'
export { logSumExp, max, mean, min, product, softmax } from './tensor/reduce.ts'
export { concat, expandDims, flip, pad, reshape, slice, stack, take, transpose } from './tensor/shaping.ts'
export {
  type Arg,
  type AxesOf,
  type DType,
  type Example,
  isTensor,
  type Node,
  nodeOf,
  type Tensor,
} from './tensor/tensor.ts'
export { tree } from './tensor/tensorTree.ts'
export { withDerivative } from './tensor/withDerivative.ts'
export type { Tree } from './tree.ts'
