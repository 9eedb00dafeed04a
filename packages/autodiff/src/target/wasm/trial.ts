import { grad } from '../../derive/grad.ts'
import { sum } from '../../tensor/broadcast.ts'
import { example, input } from '../../tensor/constant.ts'
import { einsum } from '../../tensor/contract.ts'
import { add, exp, relu, square, tanh } from '../../tensor/elementwise.ts'
import { lanes } from '../../tensor/lanes.ts'
import type { Example, Tensor } from '../../tensor/tensor.ts'
import type { HostArray, Resident, RunOptions } from '../engine.ts'
import type { SyncEngine } from '../shell.ts'

// A small training step, as a question to a compiler: its kernels are those of all the others.

const [WIDTH, HIDDEN, ROWS] = [7, 13, 150]
/** Long enough for the code to be optimised while it runs. */
const MILLISECONDS = 60

type Weights = { readonly first: Tensor; readonly second: Tensor }

const lossOf = ({ first, second }: Weights, x: Example): Tensor => {
  const hidden = relu(add(einsum('hi,i->h', first, x), 0.1))
  const scale = tanh(einsum('ih,h->i', second, hidden))
  return lanes.mean(sum(square(add(exp(scale), x))))
}

const waves = (shape: readonly number[], lanesOf?: number): HostArray => {
  const count = shape.reduce((n, length) => n * length, lanesOf ?? 1)
  return {
    data: Float64Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + 0.3)),
    shape,
    ...(lanesOf !== undefined && { lanes: lanesOf }),
  }
}

/** The gradient's numbers after the program has run for a while; ends the engine. */
export const trialOn = (engine: SyncEngine<RunOptions>): Float64Array => {
  const program = engine.compileSync(({ weights, x }) => grad((w: Weights) => lossOf(w, x))(weights), {
    weights: { first: input([HIDDEN, WIDTH]), second: input([WIDTH, HIDDEN]) },
    x: example([WIDTH]),
  })
  const given = {
    weights: { first: waves([HIDDEN, WIDTH]), second: waves([WIDTH, HIDDEN]) },
    x: waves([WIDTH], ROWS),
  }
  const read = (x: Resident): readonly number[] => Array.from(engine.readSync(x).data)
  const began = performance.now()
  for (;;) {
    const { first, second } = program.runSync(given) as unknown as Record<keyof Weights, Resident>
    const values = [...read(first), ...read(second)]
    for (const x of [first, second]) engine.release(x)
    if (performance.now() - began < MILLISECONDS) continue
    engine.dispose()
    return Float64Array.from(values)
  }
}
