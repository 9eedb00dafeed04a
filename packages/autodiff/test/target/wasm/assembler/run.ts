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
): Readonly<Record<K, ExportedFunction>> & { readonly memory: LinearMemory } =>
  new platform.Instance(new platform.Module(encode(module)), imports).exports as never
