import { type Example, example, type HostArray, jacobian, reshape, sizeOf, type Tree } from '@diffeo/autodiff'
import type { FlowParams } from '../flow.ts'
import { joinPartition, type Partition } from '../parameters.ts'
import { singularValues } from '../theory/singularValues.ts'
import { type Arrays, placeholders } from './arrays.ts'
import { gatherer } from './batches.ts'
import type { Job } from './job.ts'
import { rowKey } from './score.ts'
import { standardUnits } from './standardUnits.ts'

/** What a training does about a flow that stretches too far. */
export interface WatchOptions {
  /**
   * How far the flow or its inverse may stretch anywhere it is looked at. By default 1e4, at which float32 has some three
   * digits left after a round trip.
   */
  readonly stretch?: number
  /**
   * - `warn`, the default: an event `Unstable`, and the training goes on;
   * - `damp`: the epoch is undone, and from there all steps are half as long;
   * - `stop`: the training ends with the error `Unstable`, which carries the best parameters before.
   *
   * An epoch in which a number did not stay finite counts as too far for `damp`.
   */
  readonly action?: 'warn' | 'damp' | 'stop'
  /** Training rows that are looked at after every epoch. By default 32. */
  readonly rows?: number
}

/** Largest stretches both ways, behind a first layer that standardises. */
export interface Stretched {
  readonly forward: number
  readonly inverse: number
}

export interface Watch {
  look(values: Partition<HostArray>): Promise<Stretched>
  close(): void
}

/** Compiles once what looks at the Jacobians at some training rows. */
export const openWatch = async (
  { flow, training, engine }: Job,
  rows: number,
  start: Partition<HostArray>,
): Promise<Watch> => {
  const paramsOf = (values: Partition<HostArray>): Arrays => joinPartition(flow.parameters, values) as unknown as Arrays
  const first = paramsOf(start)
  const units = standardUnits(flow, first)
  const n = sizeOf(flow.domain.shape)
  const count = Math.min(rows, training.rows)
  const places = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * training.rows) / count))
  const batch = gatherer(units.toStandard(training), flow.domain.shape)(places)
  const program = await engine.compile(
    (at: Tree<Example>) => {
      const { params, x } = at as unknown as { readonly params: FlowParams; readonly x: Example }
      const latent = (p: Example): Example =>
        reshape(units.flow.toLatent(params, reshape(p, [...flow.domain.shape]), { key: rowKey(0) }).value, [n])
      return jacobian(latent)(reshape(x, [n]))
    },
    { params: placeholders(first), x: example(flow.domain.shape) } as Tree<Example>,
    { name: 'watch' },
  )
  return {
    look: async (values) => {
      const out = await program.run({ params: paramsOf(values), x: batch } as never, { lanes: { count } })
      const { data, lanes } = await engine.read(out as never)
      engine.release(out as never)
      let [forward, inverse] = [0, 0]
      for (let lane = 0; lane < count; lane++) {
        const j = Float64Array.from({ length: n * n }, (_, e) => data[lanes === undefined ? e : e * count + lane]!)
        const found = singularValues(j, n)
        // A Jacobian that is not finite stretches without end.
        forward = Math.max(forward, Number.isNaN(found[0]) ? Infinity : found[0]!)
        inverse = Math.max(inverse, Number.isNaN(found[0]) ? Infinity : 1 / found[n - 1]!)
      }
      return { forward, inverse }
    },
    close: () => program.dispose(),
  }
}
