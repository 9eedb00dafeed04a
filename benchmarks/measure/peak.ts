import { performance } from 'node:perf_hooks'

/** As much of the platform's own as is used here; the types of Node leave it out. */
declare const WebAssembly: {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => unknown
  readonly Instance: new (module: unknown) => { readonly exports: unknown }
}

/** f32x4.relaxed_madd in twelve independent chains, enough to fill the pipelines of current processors. */
const CHAINS = 12
const ROUNDS = 1_000_000

/**
 * What a core reaches at most in WebAssembly, GFLOP/s of float32 with vectors of four: the best of short runs of nothing
 * but fused multiply-adds in registers. Undefined where the platform has none.
 */
export const multiplyAddPeak = (): number | undefined => {
  const bytes = peakModule()
  if (!WebAssembly.validate(bytes)) return undefined
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as { run: (rounds: number) => number }
  const seconds = Array.from({ length: 50 }, () => {
    const before = performance.now()
    run(ROUNDS)
    return (performance.now() - before) / 1000
  })
  return (ROUNDS * CHAINS * 4 * 2) / Math.min(...seconds) / 1e9
}

/** Unsigned LEB128, as the WebAssembly specification writes whole numbers. */
const unsigned = (n: number): readonly number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...unsigned(n >>> 7)])
const section = (id: number, body: readonly number[]): readonly number[] => [id, ...unsigned(body.length), ...body]
const vector = (opcode: number): readonly number[] => [0xfd, ...unsigned(opcode)]
const localGet = (i: number): readonly number[] => [0x20, i]
const localSet = (i: number): readonly number[] => [0x21, i]

/** (module (func (export "run") (param i32) (result i32) …)): the chains in a loop that counts the parameter down. */
const peakModule = (): Uint8Array<ArrayBuffer> => {
  const [I32, V128] = [0x7f, 0x7b]
  // Local 0 counts; 1 and 2 are the factors, zeros; the chains follow.
  const chains = Array.from({ length: CHAINS }, (_, i) => 3 + i)
  const step = chains.flatMap((chain) => [
    ...localGet(1),
    ...localGet(2),
    ...localGet(chain),
    ...vector(0x105),
    ...localSet(chain),
  ])
  const countDown = [...localGet(0), 0x41, 1, 0x6b, 0x22, 0]
  const loop = [0x03, 0x40, ...step, ...countDown, 0x0d, 0, 0x0b]
  // All chains take part in the result, or a compiler could leave them out.
  const result = chains.flatMap((chain, i) => [...localGet(chain), ...(i > 0 ? vector(0x50) : [])])
  const code = [1, ...unsigned(2 + CHAINS), V128, ...loop, ...result, ...vector(0x53), 0x0b]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 1, I32, 1, I32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...Buffer.from('run'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ])
}
