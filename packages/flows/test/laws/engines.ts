import { openWasm, type SyncEngine } from '@diffeo/autodiff'

/**
 * What every law is tried on besides the reference: one row for each target and number format. One engine serves all
 * laws, on one thread, since what a claim computes is small.
 */
export const engines: readonly SyncEngine[] = [openWasm({ threads: 1 }), openWasm({ threads: 1, precision: 'float64' })]
