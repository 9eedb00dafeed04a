import { mistake } from '../error.ts'
import type { Open } from './engine.ts'
import { openReference } from './reference/engine.ts'
import { openWasm } from './wasm/engine.ts'

/** An engine. `auto` is the fastest target that this build has; its `mode` says what answers. */
export const open: Open = async (target, options) => {
  switch (target) {
    case 'auto':
    case 'reference':
      return openReference(options)
    case 'wasm':
      return openWasm(options)
    case 'gpu':
    case 'js':
      return mistake(`open: this build has no target '${target}'; it has 'reference' and 'wasm'.`)
  }
}
