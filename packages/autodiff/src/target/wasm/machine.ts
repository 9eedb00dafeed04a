import { mistake } from '../../error.ts'
import type { EngineOptions } from '../engine.ts'
import type { Code } from './assembler/code.ts'
import { encode } from './assembler/encodeModule.ts'
import { func } from './assembler/function.ts'
import { f32x4 } from './assembler/instructions/f32x4.ts'
import { i32x4 } from './assembler/instructions/i32x4.ts'
import type { Format } from './format.ts'
import type { Pairing } from './pairing.ts'
import { type WebAssemblyPlatform, webAssembly } from './platform.ts'

/** What the machine has, as far as kernels differ by it. */
export interface Machine {
  readonly platform: WebAssemblyPlatform
  readonly precision: Format['precision']
  /** Relaxed multiply-add: rounds once or twice as the machine likes. */
  readonly fma: boolean
  /** Whether the compiler makes one vector of 256 bits of two that lie beside each other. */
  readonly paired: boolean
  /** In words. */
  readonly name: string
}

/** @throws where there is no WebAssembly, or none with vectors */
/** `paired` is what was found about vectors of 256 bits, where they were asked for. */
export const machineOf = ({ fma: wanted = true, precision = 'float32' }: EngineOptions, paired?: Pairing): Machine => {
  const platform = webAssembly
  if (!platform) return mistake("open: this platform has no WebAssembly; use 'reference'.")
  const zero = f32x4.const(0)
  const accepts = (code: Code<'v128'>): boolean =>
    platform.validate(encode({ exports: { probe: func('probe', {}, 'i32', () => i32x4.extractLane(code, 0)) } }))
  if (!accepts(f32x4.add(zero, zero)))
    return mistake("open: this platform's WebAssembly has no vectors; use 'reference'.")
  const fma = wanted && accepts(f32x4.relaxedMadd(zero, zero, zero))
  const kind = ['wasm simd', ...(fma ? ['relaxed'] : []), ...(paired?.isOn ? ['256 bits'] : []), precision]
  const why = paired?.why ? ` (${paired.why})` : ''
  return { platform, precision, fma, paired: paired?.isOn === true, name: `${kind.join(' ')}${why}` }
}
