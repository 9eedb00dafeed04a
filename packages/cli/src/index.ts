export { perform, type Start } from './command.ts'
export { diffeo } from './diffeo.ts'
export type { Report } from './job/report.ts'
export { type Output, processTerminal, type Terminal } from './terminal.ts'
