import {
  type Example,
  type HostArray,
  openReference,
  type Precision,
  perturbed,
  type Resident,
  type Rounding,
  type RunOptions,
  type SyncEngine,
  type SyncProgram,
  toFloat32,
} from '@diffeo/autodiff'

/**
 * How a law's graph is computed: on the reference, exactly, or with every operation off at random by what a number
 * format may do; or as it is judged in a format, on an engine of that format, without one on the reference, which
 * rounds as a float32 machine would.
 */
export type Arithmetic =
  | 'exact'
  | { readonly as: Precision }
  | { readonly off: 'operations'; readonly seed: number; readonly precision: Precision }

/** Runs a compiled graph: its results as arrays, in their order. */
export type Compiled = (inputs: unknown, arithmetic: Arithmetic, options?: RunOptions) => readonly HostArray[]

/** A graph over the tensors of a signature, for the reference and the engine that is judged, if any. */
export const compile = (engine: SyncEngine | undefined, results: readonly Example[], signature: unknown): Compiled => {
  const onReference = compileOn(openReference(), results, signature)
  const onEngine = engine && compileOn(engine, results, signature)
  return (inputs, arithmetic, options) =>
    onEngine && isJudged(arithmetic)
      ? onEngine(inputs, options)
      : onReference(inputs, { ...options, ...roundingOf(arithmetic) })
}

const isJudged = (arithmetic: Arithmetic): arithmetic is { readonly as: Precision } =>
  typeof arithmetic === 'object' && 'as' in arithmetic

const roundingOf = (arithmetic: Arithmetic): { readonly rounding?: Rounding } => {
  if (arithmetic === 'exact') return {}
  if (isJudged(arithmetic)) return arithmetic.as === 'float32' ? { rounding: toFloat32 } : {}
  return { rounding: perturbed(arithmetic.seed, arithmetic.precision) }
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
