import type { Shape } from '../shape.ts'
import type { DType, Example } from '../tensor/tensor.ts'
import type { Tree } from '../tree.ts'

/** What an engine computes on. Which of them a build has, `open` says. */
export type TargetName = 'reference' | 'wasm' | 'gpu' | 'js'

/** A number format. */
export type Precision = 'float32' | 'float64'

/** An array outside any engine. `shape` is that of one value and never counts lanes; where `lanes` is given the array varies and its data is `[...shape, lanes]`. */
export interface HostArray {
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array
  readonly shape: Shape
  readonly lanes?: number
}

declare const resident: unique symbol
/** An array that lives in an engine. Using it after it was donated or released throws and says by whom. */
export interface Resident {
  readonly [resident]: true
  readonly shape: Shape
  readonly dtype: DType
  readonly lanes: number | undefined
}

/** How an engine computes; a target takes those that mean something to it. */
export interface EngineOptions {
  readonly threads?: number
  readonly precision?: Precision
  /** false: the same bits on every machine, slower. */
  readonly fma?: boolean
  /**
   * true: lets V8, in Node 24 and later, make one vector of 256 bits of two of 128, an experiment of its own that is about
   * half as fast again for products. It is checked once, and `mode` says whether it is on.
   */
  readonly wide?: boolean
  readonly signal?: AbortSignal
}

/** Where programs run: one memory, one thread pool, one kernel cache for many programs. */
export interface Engine {
  readonly target: TargetName
  /** What really answers, in words: never a silent fall-back. */
  readonly mode: string
  /** The number format that it computes in. */
  readonly precision: Precision
  upload(array: HostArray): Resident
  read(array: Resident): Promise<HostArray>
  /** Present where the target can answer at once. */
  readonly readSync?: (array: Resident) => HostArray
  release(array: Resident): void
  /** Traces `f` once on the tensors of `signature` (made by `input` and `example`) and gives a program. */
  compile<I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    options?: CompileOptions,
  ): Promise<Program>
  dispose(): void
}

/** How a program is made. */
export interface CompileOptions {
  /** Names of inputs (paths or their beginnings) whose memory the outputs may reuse. Donating consumes the handle. */
  readonly donate?: readonly string[]
  readonly name?: string
  /** Time per kernel in explain(). */
  readonly profile?: boolean
}

/** How one run of a program goes. */
export interface RunOptions {
  /** How many examples, and the index of the first: needed when nothing varying comes in, or when a call is split. */
  readonly lanes?: { readonly count: number; readonly offset?: number }
}

/** A function compiled for one engine. */
export interface Program {
  /** Any number of examples without recompiling. Residents stay in the engine; host arrays are copied in. */
  run(inputs: Tree<Resident | HostArray>, options?: RunOptions): Promise<Tree<Resident>>
  /** Present where the target can answer at once. */
  readonly runSync?: (inputs: Tree<Resident | HostArray>, options?: RunOptions) => Tree<Resident>
  /** Phases, kernels, bytes and flops; time per kernel when profiled. */
  explain(): string
  dispose(): void
}

/** 'auto' picks by what the machine offers; `mode` says what answered and why. */
export type Open = (target: TargetName | 'auto', options?: EngineOptions) => Promise<Engine>
