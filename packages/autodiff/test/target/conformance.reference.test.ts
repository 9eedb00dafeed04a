import { open } from '../../src/index.ts'
import { conformance } from './conformance.ts'

conformance('the reference', () => open('reference'), { precision: 'float64', mode: 'reference float64 1 thread' })
conformance('the reference as a float32 machine', () => open('reference', { precision: 'float32' }), {
  precision: 'float32',
  mode: 'reference float32 (emulated) 1 thread',
})
