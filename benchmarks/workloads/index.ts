import { inference } from './inference.ts'
import { operations } from './operations.ts'
import { processes } from './processes.ts'
import { train } from './train.ts'
import type { Workload } from './workload.ts'

export const workloads: readonly Workload[] = [...train, ...inference, ...operations, ...processes]
export type { Workload } from './workload.ts'
