import {
  type Example,
  type HostArray,
  openReference,
  type Precision,
  perturbed,
  type Resident,
  type RunOptions,
  type SyncEngine,
  type SyncProgram,
  toFloat32,
} from '@diffeo/autodiff'

/**
 * How a law's graph is computed: on the reference exactly, which is its float64, or with every operation rounded as a
 * float32 machine would, or off at random by what a number format may do; or on another engine.
 */
export type Arithmetic = Judged | { readonly off: 'operations'; readonly seed: number; readonly precision: Precision }
export type Judged = 'exact' | 'float32' | { readonly on: SyncEngine }

/** Runs a compiled graph: its results as arrays, in their order. */
export type Compiled = (inputs: unknown, arithmetic: Arithmetic, options?: RunOptions) => readonly HostArray[]

/** A graph over the tensors of a signature, made ready for the reference, and for other engines when they are met. */
export const compile = (results: readonly Example[], signature: unknown): Compiled => {
  const onReference = compileOn(openReference(), results, signature)
  const onEngine = new Map<SyncEngine, typeof onReference>()
  return (inputs, arithmetic, options) => {
    if (arithmetic === 'exact') return onReference(inputs, options)
    if (arithmetic === 'float32') return onReference(inputs, { ...options, rounding: toFloat32 })
    if ('off' in arithmetic)
      return onReference(inputs, { ...options, rounding: perturbed(arithmetic.seed, arithmetic.precision) })
    const run = onEngine.get(arithmetic.on) ?? compileOn(arithmetic.on, results, signature)
    onEngine.set(arithmetic.on, run)
    return run(inputs, options)
  }
}

/** Programs that an engine keeps for laws. A law needs two at most, and laws are judged one after the other. */
const KEPT = 4
/** The latest last: an engine that many laws share would otherwise fill with the programs of all that went before. */
const kept = new WeakMap<SyncEngine, readonly SyncProgram[]>()

/** Compiled when it is first run, and again when many others came between. */
const compileOn = <R extends RunOptions>(engine: SyncEngine<R>, results: readonly Example[], signature: unknown) => {
  let program: SyncProgram<R> | undefined
  const ready = (): SyncProgram<R> => {
    const others = kept.get(engine) ?? []
    if (program && others.includes(program)) return program
    const compiled = engine.compileSync(() => results as never, signature as never, { name: 'law' })
    for (const old of others.slice(0, -(KEPT - 1))) old.dispose()
    kept.set(engine, [...others.slice(-(KEPT - 1)), compiled])
    program = compiled
    return compiled
  }
  return (inputs: unknown, options?: R): readonly HostArray[] => {
    const handles = ready().runSync(inputs as never, options) as unknown as readonly Resident[]
    return handles.map((handle) => {
      const array = engine.readSync(handle)
      engine.release(handle)
      return array
    })
  }
}
