/** What was found about vectors of 256 bits. */
export interface Pairing {
  readonly isOn: boolean
  /** Where they are not, why. */
  readonly why?: string
}

interface V8 {
  readonly setFlagsFromString: (flags: string) => void
}
interface NodeProcess {
  readonly versions?: { readonly node?: string }
  readonly getBuiltinModule?: (name: string) => unknown
}

const FLAG = 'experimental-wasm-revectorize'
/** The first major version of Node whose compiler can do it. */
const SINCE = 24

/**
 * Asks V8 to make one instruction of 256 bits of two of 128 where they lie beside each other, an experiment of its own,
 * for all that the process compiles from now on. It stays on only where `trial`, which is run without it and with it,
 * gives the same bits. That is tried once.
 */
export const pairVectors = (trial: (isOn: boolean) => Float64Array): Pairing => {
  found ??= tryPairing(trial)
  return found
}
let found: Pairing | undefined

const tryPairing = (trial: (isOn: boolean) => Float64Array): Pairing => {
  const { versions, getBuiltinModule } = (globalThis as { readonly process?: NodeProcess }).process ?? {}
  const major = Number.parseInt(versions?.node ?? '0', 10)
  if (!getBuiltinModule || major < SINCE) return { isOn: false, why: `vectors of 256 bits need Node ${SINCE}` }
  const v8 = getBuiltinModule('node:v8') as V8
  const expected = trial(false)
  v8.setFlagsFromString(`--${FLAG}`)
  const got = trial(true)
  if (expected.every((value, i) => Object.is(value, got[i]))) return { isOn: true }
  v8.setFlagsFromString(`--no-${FLAG}`)
  return { isOn: false, why: 'vectors of 256 bits failed their check' }
}
