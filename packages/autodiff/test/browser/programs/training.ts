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
    { w: input([6, 3]), x: example([3]) },
  )
  const x = { data: Float64Array.from({ length: 3000 }, (_, i) => ((i * i) % 7) - 3.5), shape: [3], lanes: 1000 }
  const first = { data: Float64Array.from({ length: 18 }, (_, i) => (i % 5) / 4 - 0.5), shape: [6, 3] }
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
  // On a crowded machine another thread may be late.
  for (let i = 0; engine.mode.endsWith('threads') && helped() === 0 && i < 2000; i++) {
    await step(first)
    await new Promise((done) => setTimeout(done, 1))
  }
  const training = { mode: engine.mode, helped: helped(), bits }
  engine.dispose()
  return training
}
export default train
