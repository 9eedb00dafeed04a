import { describe, expect, test } from 'vitest'
import {
  add,
  div,
  einsum,
  example,
  input,
  lanes,
  mul,
  open,
  type Program,
  type Resident,
  random,
  relu,
  square,
  sub,
  sum,
  valueAndGrad,
} from '../../../src/index.ts'
import { median } from './median.ts'

const training = async (): Promise<{ readonly program: Program; readonly run: () => number }> => {
  const engine = await open('wasm')
  const program = await engine.compile(
    ({ w, x }) => {
      const [loss, g] = valueAndGrad((v: typeof w) => lanes.mean(sum(square(relu(einsum('oi,i->o', v, x))))))(w)
      return { loss, w: sub(w, mul(0.01, g)) }
    },
    { w: input([6, 3]), x: example([3]) },
  )
  const x = { data: Float64Array.from({ length: 300 }, (_, i) => Math.sin(i)), shape: [3], lanes: 100 }
  const w = { data: Float64Array.from({ length: 18 }, (_, i) => Math.cos(i)), shape: [6, 3] }
  return {
    program,
    run: () => {
      const out = program.runSync!({ w, x }) as { readonly loss: never }
      return engine.readSync!(out.loss).data[0]!
    },
  }
}

describe('the WebAssembly engine', () => {
  test('says what runs on the host, and that a training step has nothing there', async () => {
    const { program } = await training()
    expect(program.explain()).toContain('on the host: nothing')
    const engine = await open('wasm')
    const other = await engine.compile(({ a }) => median(add(a, a)), { a: input([3]) })
    expect(other.explain()).toMatch(/on the host: median/)
    const out = (await other.run({ a: { data: Float64Array.of(5, 1, 3), shape: [3] } })) as Resident
    expect(await engine.read(out)).toEqual({ data: Float32Array.of(6), shape: [] })
  })

  test('gives the same bits whenever it runs, and no fused multiply-add when asked', async () => {
    const { run } = await training()
    expect(run()).toBe(run())
    expect((await open('wasm', { fma: false, threads: 1 })).mode).toBe('wasm simd float32 1 thread')
  })

  test('computes in float64 when asked', async () => {
    const engine = await open('wasm', { precision: 'float64', threads: 1 })
    const third = await engine.compile(({ a }) => div(a, 3), { a: input([]) })
    const out = (await third.run({ a: { data: Float64Array.of(1), shape: [] } })) as Resident
    expect(await engine.read(out)).toEqual({ data: Float64Array.of(1 / 3), shape: [] })
  })
})

test('random numbers of every lane are those of the reference, to the bit', async () => {
  const draw = async (target: 'wasm' | 'reference') => {
    const engine = await open(target)
    const program = await engine.compile(
      ({ seed }) => {
        const key = random.foldIn(random.foldIn(seed, lanes.index()), 7)
        return { own: random.uniform(key, [5]), shared: random.uniform(random.foldIn(seed, 3), [19]), key }
      },
      { seed: input([2], 'int') },
    )
    const out = program.runSync!(
      { seed: { data: Int32Array.of(-5, 123), shape: [2] } },
      { lanes: { count: 70, offset: 9 } },
    )
    return Object.values(out).map((x) => Array.from(engine.readSync!(x as never).data))
  }
  expect(await draw('wasm')).toEqual(await draw('reference'))
})
