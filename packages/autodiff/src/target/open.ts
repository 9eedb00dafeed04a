import { DiffeoMistake, mistake } from '../error.ts'
import type { Engine, EngineOptions, Open } from './engine.ts'
import { openReference } from './reference/engine.ts'
import { openWasm } from './wasm/engine.ts'
import { webAssembly } from './wasm/platform.ts'

/**
 * An engine. `auto` is WebAssembly where the platform has it, with vectors, and the reference elsewhere; `mode` says
 * which it is, and why.
 * @throws where the platform lacks what a target needs that was asked for by its name, or an option is outside its range
 * @example
 * (await open('auto')).mode // 'wasm simd relaxed float32 2 threads (auto: WebAssembly with vectors is here)'
 */
export const open: Open = async (target, options) => {
  switch (target) {
    case 'auto':
      return openFastest(options)
    case 'reference':
      return openReference(options)
    case 'wasm':
      return openWasm(options)
    case 'gpu':
    case 'js':
      return mistake(`open: this build has no target '${target}'; it has 'reference' and 'wasm'.`)
  }
}

const openFastest = (options: EngineOptions = {}): Engine => {
  const lacking = lackingFor(options)
  return lacking === undefined
    ? because('WebAssembly with vectors is here', openWasm(options))
    : because(lacking, openReference(options))
}

const because = (why: string, engine: Engine): Engine => ({ ...engine, mode: `${engine.mode} (auto: ${why})` })

/** The smallest module: no sections. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

/** Why WebAssembly cannot answer here, or undefined. How many threads are asked for has no part in it. */
const lackingFor = ({ precision }: EngineOptions): string | undefined => {
  try {
    openWasm({ threads: 1, ...(precision && { precision }) }).dispose()
  } catch (thrown) {
    // "open: the reason; what to use instead."
    if (thrown instanceof DiffeoMistake) return thrown.message.replace(/^open: /, '').replace(/;.*$/, '')
    throw thrown
  }
  // A page may forbid code that is made while it runs; that shows only when some is made.
  try {
    new webAssembly!.Module(EMPTY_MODULE)
    return undefined
  } catch {
    return 'this page may not compile WebAssembly'
  }
}
