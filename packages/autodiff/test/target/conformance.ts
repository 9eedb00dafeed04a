import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Engine,
  EPSILON,
  type Example,
  example,
  type HostArray,
  input,
  openReference,
  perturbed,
  type Resident,
  sizeOf,
} from '../../src/index.ts'
import { rowOf } from '../../src/tensor/elementwise.ts'
import { nodeOf } from '../../src/tensor/tensor.ts'
import { drawInputs, expectedOf, type Instance, list, type Tensors } from '../catalogue/case.ts'
import { catalogue } from '../catalogue/catalogue.ts'

export interface Expected {
  readonly precision: 'float32' | 'float64'
  /** What `engine.mode` must say: a silent fall-back to another engine cannot pass. */
  readonly mode: string | RegExp
  /** By name of case: why the target does not have it. */
  readonly without?: Readonly<Record<string, string>>
}

const RUNS = 10
const PERTURBED = 8
/** Less than a tile, a tile, one more, several tiles. */
export const laneCounts = fc.constantFrom(1, 2, 7, 64, 65, 200)

/**
 * Every operation of the catalogue on an engine, against its meaning in plain arithmetic. Integers and booleans are
 * equal; floats are as near as rounding allows: 4 times what the reference moves by when each of its operations is off
 * by what its row allows at the engine's precision.
 */
export const conformance = (
  name: string,
  open: () => Promise<Engine>,
  { precision, mode, without = {} }: Expected,
): void => {
  describe(`conformance of ${name}`, () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await open()
    })
    afterAll(() => engine.dispose())

    test('the engine that answers is the one that was asked for', () => {
      expect(engine.mode).toMatch(mode)
      for (const missing of Object.keys(without)) expect(catalogue.map((c) => c.name)).toContain(missing)
    })

    for (const { name: operation, instance } of catalogue) {
      const reason = without[operation]
      if (reason !== undefined) test.skip(`${operation} (${reason})`, () => {})
      else
        test(operation, () =>
          fc.assert(
            fc.asyncProperty(instance, laneCounts, fc.integer(), (drawn, lanes, seed) =>
              agrees(engine, precision, drawn, lanes, seed),
            ),
            { numRuns: RUNS },
          ),
        )
    }
  })
}

export const signatureOf = (inputs: Instance['inputs']): Tensors =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, varies, values }]) => [
      name,
      varies ? example(shape, values.dtype) : (input(shape, values.dtype) as Example),
    ]),
  )

const agrees = async (
  engine: Engine,
  precision: 'float32' | 'float64',
  drawn: Instance,
  lanes: number,
  seed: number,
): Promise<void> => {
  const arrays = drawInputs(drawn.inputs, { lanes, seed, single: precision === 'float32' })
  const signature = signatureOf(drawn.inputs)
  const f = (x: Tensors): readonly Example[] => list(drawn.graph(x))
  const program = await engine.compile(f, signature)
  const handles = (await program.run(arrays, { lanes: { count: lanes } })) as readonly Resident[]
  const found = await Promise.all(handles.map((handle) => engine.read(handle)))
  for (const handle of handles) engine.release(handle)
  program.dispose()

  const expected = expectedOf(
    drawn,
    arrays,
    lanes,
    found.map((x) => x.lanes !== undefined),
  )
  const allowed = tolerances(f, signature, arrays, lanes, precision, drawn.slack ?? 0)
  found.forEach(({ data, shape }, k) => {
    const wanted = expected[k]!
    if (data.length !== sizeOf(wanted.shape) || shape.some((n, axis) => n !== wanted.shape[axis]))
      throw new Error(`result ${k} has shape [${shape}], not [${wanted.shape}].`)
    data.forEach((x, i) => {
      const y = wanted.data[i]!
      if (x === y || (Number.isNaN(x) && Number.isNaN(y)) || Math.abs(x - y) <= allowed[k]![i]!) return
      throw new Error(
        `element ${i} of result ${k} is ${x}, not ${y}, ${allowed[k]![i]} allowed (${lanes} lanes, ${drawn.note ?? ''}).`,
      )
    })
  })
}

/** What rounding allows each element to be off by, measured on the reference. */
export const tolerances = (
  f: (x: Tensors) => readonly Example[],
  signature: Tensors,
  arrays: Readonly<Record<string, HostArray>>,
  lanes: number,
  precision: 'float32' | 'float64',
  slack: number,
): readonly (readonly number[])[] => {
  const epsilon = EPSILON[precision]
  const reference = openReference()
  const program = reference.compileSync(f, signature)
  const run = (seed?: number): readonly HostArray[] =>
    (
      program.runSync(arrays, {
        lanes: { count: lanes },
        ...(seed !== undefined && { rounding: perturbed(seed, precision) }),
      }) as readonly Resident[]
    ).map((x) => reference.readSync(x))
  const exact = run()
  const moved = exact.some(({ data }) => data instanceof Float64Array)
    ? Array.from({ length: PERTURBED }, (_, seed) => run(seed))
    : []
  const results = f(signature).map(nodeOf)
  return exact.map(({ data }, k) => {
    if (!(data instanceof Float64Array)) return Array.from(data, () => 0)
    // The last operation's own error may be missed by the draws.
    const { ulp, absolute = 0 } = rowOf(results[k]!)?.error ?? { ulp: 1 }
    return Array.from(data, (v, i) => {
      const deviation = Math.max(0, ...moved.map((run) => Math.abs(run[k]!.data[i]! - v)))
      const own = Math.max(ulp * epsilon * Math.abs(v), (absolute * epsilon) / EPSILON.float32)
      return 4 * deviation + own + slack * Math.max(1, Math.abs(v))
    })
  })
}
