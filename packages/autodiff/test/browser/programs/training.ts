import {
  einsum,
  example,
  type HostArray,
  input,
  lanes,
  mul,
  type Resident,
  relu,
  square,
  sub,
  sum,
  valueAndGrad,
} from '../../../src/index.ts'
import { openWasm } from '../../../src/target/wasm/engine.ts'

export interface Training {
  readonly mode: string
  /** Parts that other threads than the caller ran. */
  readonly helped: number
  /** Words of all results after some steps. */
  readonly bits: readonly number[]
}

/** Examples: enough that threads wait for each other. */
const COUNT = 1000

/** Some steps of a small training, with sums over examples, in the bits that every machine gives. */
const train = async (options: { readonly threads: number }): Promise<Training> => {
  // Shared out however small the work is.
  const engine = openWasm({ ...options, fma: false }, { worth: 0 })
  const program = await engine.compile(
    ({ w, x }) => {
      const f = (v: typeof w) => sum(square(relu(einsum('oi,i->o', v, x))))
      const [loss, g] = valueAndGrad((v: typeof w) => lanes.mean(f(v)))(w)
      return { loss, w: sub(w, mul(0.01, g)), each: f(w) }
    },
    { w: input([96, 32]), x: example([32]) },
  )
  const x = {
    data: Float64Array.from({ length: 32 * COUNT }, (_, i) => ((i * 7919) % 101) / 50 - 1),
    shape: [32],
    lanes: COUNT,
  }
  const first = {
    data: Float64Array.from({ length: 96 * 32 }, (_, i) => ((i * 3571) % 97) / 250 - 0.2),
    shape: [96, 32],
  }
  const step = async (w: Resident | HostArray): Promise<Readonly<Record<'loss' | 'w' | 'each', Resident>>> =>
    (await program.run({ w, x })) as Readonly<Record<'loss' | 'w' | 'each', Resident>>
  const bits: number[] = []
  let w: Resident | HostArray = first
  for (let i = 0; i < 20; i++) {
    const out = await step(w)
    for (const result of [out.loss, ...(i % 10 === 9 ? [out.w, out.each] : [])])
      bits.push(...new Int32Array((engine.readSync(result).data as Float32Array).buffer))
    w = out.w
  }
  const helped = (): number => Number(/other threads have run (\d+) parts/.exec(program.explain())?.[1] ?? 0)
  // On a crowded machine another thread may be late. That nothing else gets its turn here must not hold it up.
  const end = performance.now() + 20_000
  while (engine.mode.endsWith('threads') && helped() === 0 && performance.now() < end) await step(first)
  const training = { mode: engine.mode, helped: helped(), bits }
  engine.dispose()
  return training
}
export default train
