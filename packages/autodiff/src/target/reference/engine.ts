import { type Plan, planOf } from '../../compile/plan.ts'
import { isTensorLeaf, trace } from '../../compile/trace.ts'
import { mistake, showShape } from '../../error.ts'
import { sameShape, sizeOf } from '../../shape.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { countOperation } from '../../tensor/lanes.ts'
import type { Operation } from '../../tensor/operation.ts'
import type { DType, Example, Node } from '../../tensor/tensor.ts'
import { flattenWith, leavesAt, type Tree, unflattenWith } from '../../tree.ts'
import type { CompileOptions, Engine, EngineOptions, HostArray, Program, Resident, RunOptions } from '../engine.ts'
import { explainPlan } from '../explain.ts'
import { prepare } from './program.ts'
import { type Rounding, toFloat32 } from './rounding.ts'

/** A program of the reference, which can also be run as another target would round. */
export interface ReferenceProgram extends Program {
  runSync(inputs: Tree<Resident | HostArray>, options?: ReferenceRunOptions): Tree<Resident>
}
export interface ReferenceRunOptions extends RunOptions {
  readonly rounding?: Rounding
}
export interface ReferenceEngine extends Engine {
  readSync(array: Resident): HostArray
  compileSync<I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    options?: CompileOptions,
  ): ReferenceProgram
}

/** Data behind a handle, or why it is gone. */
type Held = { readonly data: Float64Array } | { readonly gone: string }

/**
 * The reference: float64, one operation at a time over typed arrays, every operation by its own stated meaning. The
 * judge of all other targets. With `precision: 'float32'` every result is rounded as a float32 machine would.
 */
export const openReference = (options: EngineOptions = {}): ReferenceEngine => {
  const held = new WeakMap<Resident, Held>()
  const single = options.precision === 'float32'
  const hold = (data: Float64Array, shape: readonly number[], dtype: DType, lanes: number | undefined): Resident => {
    const handle = Object.freeze({ shape, dtype, lanes }) as Resident
    held.set(handle, { data })
    return handle
  }
  const dataOf = (handle: Resident, what: string): Float64Array => {
    const found = held.get(handle)
    if (!found) return mistake(`${what}: the array lives in another engine.`)
    return 'gone' in found ? mistake(`${what}: the array was ${found.gone}.`) : found.data
  }
  const readSync = (handle: Resident): HostArray => {
    const data = dataOf(handle, 'read')
    const typed =
      handle.dtype === 'int'
        ? Int32Array.from(data)
        : handle.dtype === 'bool'
          ? Uint8Array.from(data)
          : single
            ? Float32Array.from(data)
            : data.slice()
    return { data: typed, shape: handle.shape, ...(handle.lanes !== undefined && { lanes: handle.lanes }) }
  }

  const compileSync = <I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    { donate = [], name = 'program', profile = false }: CompileOptions = {},
  ): ReferenceProgram => {
    const plan = planOf(trace(f, signature))
    const execute = prepare(plan)
    const times = profile ? new Map<string, number>() : undefined
    const paths = plan.inputs.map(({ path }) => path)
    const donated = (path: string): boolean => donate.some((d) => path === d || path.startsWith(`${d}.`))
    let disposed = false

    const runSync = (inputs: Tree<Resident | HostArray>, run: ReferenceRunOptions = {}): Tree<Resident> => {
      if (disposed) mistake(`${name}: was disposed of.`)
      const given = leavesAt(paths, flattenWith(isArray, inputs), `${name}: signature and inputs`)
      const arrays = plan.inputs.map(({ path, value }, i) =>
        checked(given[i]!, value, `${name}: input ${path || 'the only one'}`),
      )
      const lanes = lanesOf(plan, arrays, run, name)
      const rounding = run.rounding ?? (single ? toFloat32 : undefined)
      const data = arrays.map((array, i) => {
        const x = 'data' in array ? array.data : dataOf(array, `${name}: input ${paths[i] || 'the only one'}`)
        const floats = x instanceof Float64Array ? x : Float64Array.from(x)
        return single && plan.inputs[i]!.value.dtype === 'float' ? floats.map(Math.fround) : floats
      })
      const results = execute(data, {
        lanes,
        offset: run.lanes?.offset ?? 0,
        ...(rounding && { rounding }),
        ...(times && { times }),
      })
      arrays.forEach((array, i) => {
        if (donated(paths[i]!) && !('data' in array)) held.set(array, { gone: `donated to ${name}` })
      })
      const handles = plan.results.map(({ value }, i) =>
        hold(results[i]!, value.shape, value.dtype, value.varies ? lanes : undefined),
      )
      return unflattenWith(isTensorLeaf, plan.structure, handles)
    }
    return {
      run: async (inputs, run) => runSync(inputs, run),
      runSync,
      explain: () => explainPlan(name, plan, times),
      dispose: () => {
        disposed = true
      },
    }
  }

  return {
    target: 'reference',
    mode: `reference ${single ? 'float32 (emulated)' : 'float64'} 1 thread`,
    upload: ({ data, shape, lanes }) => {
      checkFilled('upload', { data, shape, ...(lanes !== undefined && { lanes }) })
      return hold(Float64Array.from(data), shape, dtypeOf(data), lanes)
    },
    read: async (handle) => readSync(handle),
    readSync,
    release: (handle) => {
      dataOf(handle, 'release')
      held.set(handle, { gone: 'released' })
    },
    compile: async (f, signature, compileOptions) => compileSync(f, signature, compileOptions),
    compileSync,
    dispose: () => {},
  }
}

/** A leaf of the inputs: both kinds of array have a shape. */
const isArray = (x: unknown): x is Resident | HostArray =>
  typeof x === 'object' && x !== null && 'shape' in x && Array.isArray(x.shape)

const dtypeOf = (data: HostArray['data']): DType =>
  data instanceof Int32Array ? 'int' : data instanceof Uint8Array ? 'bool' : 'float'

const checkFilled = (what: string, { data, shape, lanes }: HostArray): void => {
  if (data.length !== sizeOf(shape) * (lanes ?? 1))
    mistake(
      `${what}: ${data.length} numbers do not fill ${showShape(shape)}${lanes === undefined ? '' : ` of ${lanes} lanes`}.`,
    )
}

const checked = (array: Resident | HostArray, node: Node, what: string): Resident | HostArray => {
  if (!sameShape(array.shape, node.shape))
    mistake(`${what} has shape ${showShape(array.shape)}, the signature says ${showShape(node.shape)}.`)
  if ((array.lanes !== undefined) !== node.varies)
    mistake(
      `${what} is ${node.varies ? 'one value, the signature says one for each example: give lanes' : 'one for each example, the signature says one value'}.`,
    )
  const dtype = 'data' in array ? dtypeOf(array.data) : array.dtype
  if (dtype !== node.dtype) mistake(`${what} is ${dtype}, the signature says ${node.dtype}.`)
  if ('data' in array) checkFilled(what, array)
  return array
}

/** Whether the results depend on how many examples there are. */
const readsLanes = (plan: Plan): boolean =>
  plan.phases.some((phase) => phase.varying.length > 0) ||
  topologicalOrder(plan.results.map(({ value }) => value)).some(
    (node) => node.operation === (countOperation as Operation),
  )

const lanesOf = (plan: Plan, arrays: readonly (Resident | HostArray)[], run: RunOptions, name: string): number => {
  let found = run.lanes?.count
  arrays.forEach(({ lanes }, i) => {
    if (lanes !== undefined && found !== undefined && lanes !== found)
      mistake(`${name}: input ${plan.inputs[i]!.path} has ${lanes} examples, others have ${found}.`)
    found ??= lanes
  })
  if (found === undefined && readsLanes(plan))
    mistake(`${name}: nothing varying comes in; say how many examples with { lanes: { count } }.`)
  if (found !== undefined && !(Number.isInteger(found) && found > 0))
    mistake(`${name}: needs at least one example, got ${found}.`)
  return found ?? 1
}
