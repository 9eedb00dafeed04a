export { threefry2x32 } from './random/threefry.ts'
