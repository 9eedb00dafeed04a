import { open } from '../../src/index.ts'
import { openWasm } from '../../src/target/wasm/engine.ts'
import { conformance } from './conformance.ts'

conformance('the WebAssembly engine on one thread', () => open('wasm', { threads: 1 }), {
  precision: 'float32',
  mode: /^wasm simd.* float32 1 thread$/,
})
// However small the work is, it is shared out, in the smallest tiles; an example that comes alone has its own program.
conformance(
  'the WebAssembly engine on two threads, in small pieces',
  async () => openWasm({ threads: 2 }, { worth: 0, scratch: 0, single: 0 }),
  {
    precision: 'float32',
    mode: /^wasm simd.* float32 2 threads$/,
  },
)
conformance(
  'the WebAssembly engine in float64',
  async () => openWasm({ threads: 2, precision: 'float64' }, { worth: 0 }),
  {
    precision: 'float64',
    mode: /^wasm simd.* float64 2 threads$/,
  },
)
