import { type HostArray, openReference, type SyncEngine, toFloat32 } from '@diffeo/autodiff'

// Engines that compute wrongly on purpose.

/** Float32 with a tanh that is off by 1 in 100,000, a hundred times more than its rounding. */
export const tanhOff = (): SyncEngine => {
  const engine = openReference({ precision: 'float32' })
  return {
    ...engine,
    compileSync: (f, signature, options) => {
      const program = engine.compileSync(f, signature, options)
      return {
        ...program,
        runSync: (inputs, run) =>
          program.runSync(inputs, {
            ...run,
            rounding: (node, outputs, values, lanes) => {
              const row = (node.attributes as { readonly row?: { readonly name: string } } | undefined)?.row
              if (row?.name === 'tanh') for (const out of outputs) out.forEach((v, i) => (out[i] = v * (1 + 1e-5)))
              toFloat32(node, outputs, values, lanes)
            },
          }),
      }
    },
  }
}

/** The engine, but every answer is larger than the last by 1 in 1,000. */
export const driftingAnswers = (engine: SyncEngine): SyncEngine => {
  let answers = 0
  return {
    ...engine,
    readSync: (resident) => {
      const array = engine.readSync(resident)
      const factor = 1 + ++answers / 1000
      return { ...array, data: array.data.map((v) => v * factor) }
    },
  }
}

/** The engine, but it keeps 11 bits of every number that it is given, as some accelerators do without a word. */
export const shortInputs = (engine: SyncEngine): SyncEngine => ({
  ...engine,
  compileSync: (f, signature, options) => {
    const program = engine.compileSync(f, signature, options)
    return { ...program, runSync: (inputs, run) => program.runSync(short(inputs) as never, run) }
  },
})

const short = (inputs: unknown): unknown => {
  if (typeof inputs !== 'object' || inputs === null) return inputs
  if (Array.isArray(inputs)) return inputs.map(short)
  if (!('data' in inputs)) return Object.fromEntries(Object.entries(inputs).map(([key, x]) => [key, short(x)]))
  const array = inputs as HostArray
  return array.data instanceof Int32Array ? array : { ...array, data: Float64Array.from(array.data, rounded) }
}

/** To 11 bits (Dekker 1971). */
const rounded = (x: number): number => {
  const c = (2 ** 42 + 1) * x
  return c - (c - x)
}
