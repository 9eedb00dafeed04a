export { cholesky } from './linalg/cholesky.ts'
export { type Factors, lu } from './linalg/lu.ts'
export { logAbsDet, solve } from './linalg/solve.ts'
export { triangularSolve } from './linalg/triangularSolve.ts'
