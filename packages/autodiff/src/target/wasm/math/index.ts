export { type FloatOptions, type Floats, float32, float64, type Vector } from './floats.ts'
export { type IntegerPrimitive, integerPrimitives } from './integers.ts'
export { type Emitter, floatPrimitives, type PrimitiveName } from './primitives.ts'
export { floatRows, type RowEmitter } from './rows.ts'
