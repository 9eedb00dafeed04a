export { type Ceiling, type LinearCeiling, linearCeiling } from './linearCeiling.ts'
