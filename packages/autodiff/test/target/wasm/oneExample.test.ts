import { afterAll, expect, test } from 'vitest'
import {
  add,
  einsum,
  example,
  exp,
  type HostArray,
  input,
  lanes,
  logAbsDet,
  mul,
  openReference,
  type Resident,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  valueAndGrad,
} from '../../../src/index.ts'
import type { SyncEngine } from '../../../src/target/shell.ts'
import { openWasm } from '../../../src/target/wasm/engine.ts'

const SIDE = 256
const STEPS = 3
const RATE = 0.05

type Parameters = Readonly<Record<'mixing' | 'scale' | 'shift', Tensor>>

/** -log p of an image: channels mixed alike at every pixel, then two of them scaled and shifted by the third. */
const lossOf = ({ mixing, scale, shift }: Parameters, image: Tensor<'example'>): Tensor => {
  const mixed = einsum('cd,dhw->chw', mixing, image)
  const first = slice(mixed, 0, 0, 1)
  const logScale = tanh(mul(scale, first))
  const rest = add(mul(slice(mixed, 0, 1, 3), exp(logScale)), mul(shift, first))
  const logDet = add(mul(SIDE * SIDE, logAbsDet(mixing)), sum(logScale))
  const energy = mul(0.5, add(sum(square(first)), sum(square(rest))))
  return lanes.mean(mul(sub(energy, logDet), 1 / (3 * SIDE * SIDE)))
}

const start: Readonly<Record<keyof Parameters, HostArray>> = {
  mixing: { data: Float32Array.of(1, 0.2, -0.1, 0, 1.1, 0.3, 0.1, -0.2, 0.9), shape: [3, 3] },
  scale: { data: Float32Array.of(0.1, -0.1), shape: [2, 1, 1] },
  shift: { data: Float32Array.of(0.05, 0.1), shape: [2, 1, 1] },
}
const image: HostArray = {
  data: Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => Math.sin(0.01 * i) + 0.3 * Math.cos(0.37 * i)),
  shape: [3, SIDE, SIDE],
  lanes: 1,
}

const programOn = (engine: SyncEngine) => {
  const program = engine.compileSync(({ params, x }) => stepOf(params, x), {
    params: { mixing: input([3, 3]), scale: input([2, 1, 1]), shift: input([2, 1, 1]) },
    x: example([3, SIDE, SIDE]),
  })
  /** The loss before each step of gradient descent. */
  const train = (): readonly number[] => {
    let params: unknown = start
    return Array.from({ length: STEPS }, () => {
      const next = program.runSync({ params, x: image } as never) as unknown as Record<'loss' | 'params', Resident>
      params = next.params
      return engine.readSync(next.loss).data[0]!
    })
  }
  return { program, train }
}

const stepOf = (params: Parameters, x: Tensor<'example'>): { readonly loss: Tensor; readonly params: Parameters } => {
  const [loss, g] = valueAndGrad((p: Parameters) => lossOf(p, x))(params)
  const moved = (key: keyof Parameters): Tensor => sub(params[key], mul(RATE, g[key]))
  return { loss, params: { mixing: moved('mixing'), scale: moved('scale'), shift: moved('shift') } }
}

const engine = openWasm({ threads: 2 })
afterAll(() => engine.dispose())

test('one large image trains on both threads, along its own axes', () => {
  const { program, train } = programOn(engine)
  const losses = train()
  expect(losses[0]).toBeGreaterThan(losses[1]!)
  programOn(openReference())
    .train()
    .forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 4))
  // A thread takes a while to start, and a crowded machine may not let it run at once.
  for (let k = 0; k < 300 && !/have run [1-9]/.test(program.explain()); k++) train()
  expect(program.explain()).toContain('on one example')
  expect(program.explain()).toMatch(/on the host: nothing\n.*other threads have run [1-9]\d* parts/)
})
