export * as derivedRows from './derived.ts'
export * as primitiveRows from './primitives.ts'
