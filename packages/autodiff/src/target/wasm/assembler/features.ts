import { webAssembly } from '../platform.ts'
import { drop } from './control.ts'
import { encode } from './encodeModule.ts'
import { func } from './function.ts'
import { f32x4 } from './instructions/f32x4.ts'
import { i32 } from './instructions/i32.ts'
import type { Module } from './module.ts'

/** What of WebAssembly a platform has beyond its first version. */
export interface Features {
  /** Vectors of 128 bits. */
  readonly simd: boolean
  /** Multiply-add in one instruction, and others whose last bits are the machine's. */
  readonly relaxedSimd: boolean
  /** Shared memory and atomic access to it. Whether a page may have shared memory is another question. */
  readonly threads: boolean
}

const vector = f32x4.const(0)
const probes: Readonly<Record<keyof Features, Module>> = {
  simd: { exports: { probe: func('probe', {}, 'none', () => drop(f32x4.add(vector, vector))) } },
  relaxedSimd: { exports: { probe: func('probe', {}, 'none', () => drop(f32x4.relaxedMadd(vector, vector, vector))) } },
  threads: {
    memory: { minimum: 1, maximum: 1, shared: true },
    exports: { probe: func('probe', {}, 'none', () => drop(i32.atomic.rmw.add(0, 0))) },
  },
}

/** Asked of the platform by showing it a tiny module of each kind; nothing is compiled. */
export const features = (): Features => {
  const has = (name: keyof Features): boolean => webAssembly?.validate(encode(probes[name])) ?? false
  return { simd: has('simd'), relaxedSimd: has('relaxedSimd'), threads: has('threads') }
}
