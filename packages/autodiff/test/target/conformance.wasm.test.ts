import { open } from '../../src/index.ts'
import { conformance } from './conformance.ts'

conformance('the WebAssembly engine', () => open('wasm'), {
  precision: 'float32',
  mode: /^wasm simd.* float32 1 thread$/,
})
