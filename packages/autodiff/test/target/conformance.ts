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
import { engineContract } from './engineContract.ts'

export interface Expected {
  readonly precision: 'float32' | 'float64'
  /** What `engine.mode` must say: a silent fall-back to another engine cannot pass. */
  readonly mode: string | RegExp
  /** By name of case: why the target does not have it. */
  readonly without?: Readonly<Record<string, string>>
  /** Draws from each case. */
  readonly runs?: number
}

const RUNS = 16
/** For each of these, of laws that are not about one operation: draws from the whole catalogue. */
const WHOLE = 9
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
  { precision, mode, without = {}, runs = RUNS }: Expected,
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

    engineContract(() => engine)

    const own = catalogue.filter(({ name: operation }) => without[operation] === undefined)
    const some = fc.constantFrom(...own).chain(({ instance }) => instance)
    test('examples are the same when a call is split', () =>
      fc.assert(
        fc.asyncProperty(some, fc.nat(150), fc.nat(80), fc.integer(), (drawn, first, second, seed) =>
          splits(engine, drawn, [first + 1, second + 1], seed),
        ),
        { numRuns: runs * WHOLE },
      ))
    test('no example sees another', () =>
      fc.assert(
        fc.asyncProperty(some, laneCounts, fc.nat(), fc.integer(), (drawn, lanes, lane, seed) =>
          standsAlone(engine, drawn, lanes, lane % lanes, seed),
        ),
        { numRuns: runs * WHOLE },
      ))

    for (const { name: operation, instance } of catalogue) {
      const reason = without[operation]
      if (reason !== undefined) test.skip(`${operation} (${reason})`, () => {})
      else
        test(operation, () =>
          fc.assert(
            fc.asyncProperty(instance, laneCounts, fc.integer(), (drawn, lanes, seed) =>
              agrees(engine, precision, drawn, lanes, seed),
            ),
            { numRuns: runs },
          ),
        )
    }
  })
}

type Arrays = Readonly<Record<string, HostArray>>

export const signatureOf = (inputs: Instance['inputs']): Tensors =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, varies, values }]) => [
      name,
      varies ? example(shape, values.dtype) : (input(shape, values.dtype) as Example),
    ]),
  )

/** Values of an instance's results that belong to one example each; null where examples meet. */
const runEach = async (
  engine: Engine,
  drawn: Instance,
): Promise<((arrays: Arrays, lanes: { count: number; offset?: number }) => Promise<readonly HostArray[]>) | null> => {
  if ('all' in drawn.meaning) return null
  const program = await engine.compile((x) => list(drawn.graph(x)), signatureOf(drawn.inputs))
  return async (arrays, lanes) => {
    const handles = (await program.run(arrays, { lanes })) as readonly Resident[]
    const found = await Promise.all(handles.map((handle) => engine.read(handle)))
    for (const handle of handles) engine.release(handle)
    return found.filter((x) => x.lanes !== undefined)
  }
}

/** Some of the examples of an array. */
const cut = (array: HostArray, from: number, count: number): HostArray => {
  const { data, lanes } = array
  if (lanes === undefined) return array
  const kept = data.filter((_, i) => i % lanes >= from && i % lanes < from + count)
  return { ...array, data: kept, lanes: count }
}
const cutAll = (arrays: Arrays, from: number, count: number): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, cut(x, from, count)]))

const splits = async (
  engine: Engine,
  drawn: Instance,
  counts: readonly [number, number],
  seed: number,
): Promise<void> => {
  const run = await runEach(engine, drawn)
  if (!run) return
  const count = counts[0] + counts[1]
  const arrays = drawInputs(drawn.inputs, { lanes: count, seed })
  const whole = await run(arrays, { count })
  const first = await run(cutAll(arrays, 0, counts[0]), { count: counts[0] })
  const second = await run(cutAll(arrays, counts[0], counts[1]), { count: counts[1], offset: counts[0] })
  whole.forEach((x, k) => {
    expect(first[k]).toEqual(cut(x, 0, counts[0]))
    expect(second[k]).toEqual(cut(x, counts[0], counts[1]))
  })
}

const standsAlone = async (
  engine: Engine,
  drawn: Instance,
  lanes: number,
  lane: number,
  seed: number,
): Promise<void> => {
  const run = await runEach(engine, drawn)
  if (!run) return
  const arrays = drawInputs(drawn.inputs, { lanes, seed })
  const others = drawInputs(drawn.inputs, { lanes, seed: seed + 1 })
  const isLane = (x: HostArray, i: number): boolean => x.lanes !== undefined && i % x.lanes === lane
  // All other examples are replaced; what all share stays.
  const mixed = Object.fromEntries(
    Object.entries(arrays).map(([name, x]) => [
      name,
      x.lanes === undefined ? x : { ...x, data: x.data.map((v, i) => (isLane(x, i) ? v : others[name]!.data[i]!)) },
    ]),
  ) as Arrays
  const [found, changed] = [await run(arrays, { count: lanes }), await run(mixed, { count: lanes })]
  found.forEach((x, k) => {
    expect(cut(changed[k]!, lane, 1)).toEqual(cut(x, lane, 1))
  })
}

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
