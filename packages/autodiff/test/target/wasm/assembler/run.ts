import { encode, type Module } from '../../../../src/target/wasm/assembler/index.ts'
import {
  type ExportedFunction,
  type Imports,
  type LinearMemory,
  webAssembly,
} from '../../../../src/target/wasm/platform.ts'

export const platform = webAssembly!

export const valid = (module: Module): boolean => platform.validate(encode(module))

/** The module's exports; says why where the platform does not take the module. */
export const instantiate = <K extends string>(
  module: Module & { readonly exports: Readonly<Record<K, unknown>> },
  imports: Imports = {},
): Readonly<Record<K, ExportedFunction>> & { readonly memory: LinearMemory } => {
  const bytes = encode(module)
  const exports = new platform.Instance(new platform.Module(bytes), imports).exports as {
    readonly memory: LinearMemory
  }
  const segment = module.constants?.segment()
  if (segment) new Uint8Array(exports.memory.buffer).set(segment.bytes, segment.at)
  return exports as never
}
