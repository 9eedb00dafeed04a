/**
 * WebAssembly as JavaScript offers it, in the few names that are used here. Neither the language's nor Node's type
 * declarations know it, the browser's would let all of a page into every file, and declaring it globally would clash
 * with them in programs that do use them.
 */
export interface WebAssemblyPlatform {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly compile: (bytes: Uint8Array) => Promise<CompiledModule>
  readonly Module: new (bytes: Uint8Array) => CompiledModule
  readonly Instance: new (module: CompiledModule, imports?: Imports) => Instance
  readonly Memory: new (limits: {
    readonly initial: number
    readonly maximum?: number
    readonly shared?: boolean
  }) => LinearMemory
}

declare const compiled: unique symbol
/** A compiled module: it can be posted to workers and instantiated there. */
export interface CompiledModule {
  readonly [compiled]: true
}

export interface LinearMemory {
  readonly buffer: ArrayBufferLike
  /** Adds 64 KiB pages, gives the number there was before, and replaces `buffer`. */
  readonly grow: (pages: number) => number
}

export type ExportedFunction = (...operands: readonly (number | bigint)[]) => number | bigint | undefined
export interface ExportedGlobal {
  value: number | bigint
}
export type Imports = Readonly<Record<string, Readonly<Record<string, LinearMemory | ((...x: never[]) => unknown)>>>>
export interface Instance {
  readonly exports: Readonly<Record<string, unknown>>
}

/** The platform's WebAssembly; undefined where there is none. */
export const webAssembly: WebAssemblyPlatform | undefined = (
  globalThis as { readonly WebAssembly?: WebAssemblyPlatform }
).WebAssembly

/** Functions that take numbers, by name. */
export type Exports = Readonly<Record<string, (...operands: readonly number[]) => void>>

/** An instance of a module over an engine's memory. */
export const instantiate = (bytes: Uint8Array, memory: LinearMemory, platform: WebAssemblyPlatform): Exports =>
  new platform.Instance(new platform.Module(bytes), { engine: { memory } }).exports as Exports
