import * as fc from 'fast-check'
import { describe, test } from 'vitest'
import {
  add,
  constant,
  EPSILON,
  type Example,
  grad,
  type HostArray,
  hessianVector,
  jvp,
  lanes,
  mul,
  openReference,
  perturbed,
  type Resident,
  sizeOf,
  sum,
  type Tensor,
  tree,
  vjp,
} from '../../src/index.ts'
import { type Case, drawInputs, type Instance, list, numbersFrom, type Tensors } from '../catalogue/case.ts'
import { catalogue } from '../catalogue/catalogue.ts'
import { range } from '../plain.ts'
import { signatureOf } from '../target/conformance.ts'

// The laws of differentiation, for every operation of the catalogue that has a float to differentiate by:
//   ⟨u, J v⟩ = ⟨Jᵀ u, v⟩, J v is the limit of differences, and both again for the gradient of ⟨u, f⟩.
// What is allowed is measured: how far each side moves when every operation is off by its row's error in float64.

type Arrays = Readonly<Record<string, HostArray>>
const reference = openReference()
const few = fc.constantFrom(1, 3, 65)
const STEP = 2 ** -14
const PERTURBED = 4

/** An instance at a point, in a direction, with weights of its results. */
interface Point {
  readonly lanes: number
  /** Floats that are differentiated by, and all other inputs. */
  readonly at: Arrays
  readonly fixed: Arrays
  readonly direction: Arrays
  readonly weights: readonly HostArray[]
  /** The float results. */
  readonly f: (at: Tensors, fixed: Tensors) => readonly Example[]
  /** Values of a list of results given the point and more arrays. */
  readonly run: <I extends Record<string, unknown>>(
    f: (x: I) => unknown,
    more: Readonly<Record<string, unknown>>,
    seed?: number,
  ) => readonly HostArray[]
}

const like = (array: HostArray, next: () => number): HostArray => ({
  ...array,
  data: Float64Array.from(array.data, () => 2 * next() - 1),
})
const placeholders = (arrays: unknown): unknown =>
  Array.isArray(arrays)
    ? arrays.map(placeholders)
    : 'data' in (arrays as object)
      ? signatureOf({
          x: {
            shape: (arrays as HostArray).shape,
            varies: (arrays as HostArray).lanes !== undefined,
            values: { dtype: dtypeOf(arrays as HostArray), low: 0, high: 1 },
          },
        }).x
      : Object.fromEntries(Object.entries(arrays as object).map(([key, branch]) => [key, placeholders(branch)]))
const dtypeOf = ({ data }: HostArray) =>
  data instanceof Int32Array ? ('int' as const) : data instanceof Uint8Array ? ('bool' as const) : ('float' as const)

const pointOf = (drawn: Instance, laneCount: number, seed: number): Point | null => {
  const arrays = drawInputs(drawn.inputs, { lanes: laneCount, seed, special: false })
  const floatNames = Object.keys(arrays).filter((name) => drawn.inputs[name]!.values.dtype === 'float')
  // By all floats, or by one: what then does not move must cost nothing and leave the rest as it is.
  const only = floatNames[Math.abs(seed) % (2 * Math.max(1, floatNames.length))]
  const moves = ([name]: readonly [string, unknown]): boolean =>
    only === undefined ? floatNames.includes(name) : name === only
  const at = Object.fromEntries(Object.entries(arrays).filter(moves))
  const fixed = Object.fromEntries(Object.entries(arrays).filter((entry) => !moves(entry)))
  const all = list(drawn.graph(signatureOf(drawn.inputs)))
  const floats = range(all.length).filter((k) => all[k]!.dtype === 'float')
  if (Object.keys(at).length === 0 || floats.length === 0) return null
  const f: Point['f'] = (p, q) => {
    const results = list(drawn.graph({ ...p, ...q }))
    return floats.map((k) => results[k]!)
  }
  const run: Point['run'] = (g, more, runSeed) => {
    const inputs = { at, fixed, ...more }
    const program = reference.compileSync(
      (x) => tree.flatten(g(x as never)).map(({ value }) => value),
      placeholders(inputs) as Tensors,
    )
    const options = {
      lanes: { count: laneCount },
      ...(runSeed !== undefined && { rounding: perturbed(runSeed, 'float64') }),
    }
    return (program.runSync(inputs as never, options) as unknown as readonly Resident[]).map((x) =>
      reference.readSync(x),
    )
  }
  const next = numbersFrom(seed + 1)
  const values = run(({ at, fixed }: { at: Tensors; fixed: Tensors }) => f(at, fixed), {})
  return {
    lanes: laneCount,
    at,
    fixed,
    f,
    run,
    direction: Object.fromEntries(Object.entries(at).map(([name, x]) => [name, like(x, next)])),
    weights: values.map((x) => like(x, next)),
  }
}

const dot = (xs: readonly HostArray[], ys: readonly HostArray[]): { readonly sum: number; readonly size: number } => {
  const terms = xs.flatMap(({ data }, k) => Array.from(data, (x, i) => x * ys[k]!.data[i]!))
  return {
    sum: terms.reduce((a, b) => a + b, 0),
    size: terms.reduce((a, b) => a + Math.abs(b), 0),
  }
}
const sameKinds = (what: string, found: readonly HostArray[], wanted: readonly HostArray[]): void =>
  found.forEach(({ shape, lanes: n, data }, k) => {
    const like = wanted[k]!
    if (shape.join() !== like.shape.join() || n !== like.lanes || data.length !== sizeOf(shape) * (n ?? 1))
      throw new Error(`${what} ${k} has shape [${shape}] for ${n} examples, not [${like.shape}] for ${like.lanes}.`)
  })

/** Two numbers that rounding alone may tell apart: `moved` gives their difference when all operations are off. */
const agree = (what: string, difference: number, moved: readonly number[], own: number): void => {
  const allowed = 4 * Math.max(0, ...moved.map((m) => Math.abs(m - difference))) + own
  if (!(Math.abs(difference) <= allowed)) throw new Error(`${what} differ by ${difference}, ${allowed} allowed.`)
}

/** ⟨u, J v⟩ = ⟨Jᵀ u, v⟩. */
const modesAreTransposes = ({ run, f, at, direction, weights }: Point): void => {
  const both = ({ at, fixed, direction, weights }: Record<string, Tensors>): unknown => {
    const g = (p: Tensors): readonly Example[] => f(p, fixed!)
    return [jvp(g, at!, direction!)[1], vjp(g, at!)[1](weights as unknown as readonly Example[])]
  }
  const sides = (seed?: number) => {
    const results = run(both, { direction, weights }, seed)
    const tangents = results.slice(0, weights.length)
    const cotangents = results.slice(weights.length)
    sameKinds('tangent', tangents, weights)
    sameKinds('cotangent', cotangents, Object.values(at))
    return { left: dot(tangents, weights), right: dot(cotangents, Object.values(direction)) }
  }
  const { left, right } = sides()
  const moved = range(PERTURBED).map((seed) => {
    const s = sides(seed)
    return s.left.sum - s.right.sum
  })
  agree('⟨u, J v⟩ and ⟨Jᵀ u, v⟩', left.sum - right.sum, moved, 64 * EPSILON.float64 * (left.size + right.size))
}

/** At p + t v for each t. */
const shifted = ({ at, direction }: Point, t: number): Arrays =>
  Object.fromEntries(
    Object.entries(at).map(([name, x]) => [
      name,
      { ...x, data: Float64Array.from(x.data, (v, i) => v + t * direction[name]!.data[i]!) },
    ]),
  )

/** A stated derivative against central differences at three steps, whose own error they show. */
const isLimit = (
  what: string,
  stated: (seed?: number) => readonly HostArray[],
  value: (at: Arrays, seed?: number) => readonly HostArray[],
  point: Point,
): void => {
  const slopes = stated()
  const slopesMoved = range(PERTURBED).map((seed) => stated(seed))
  const difference = (h: number): readonly Float64Array[] => {
    const [above, below] = [value(shifted(point, h)), value(shifted(point, -h))]
    return above.map(({ data }, k) => Float64Array.from(data, (x, i) => (x - below[k]!.data[i]!) / (2 * h)))
  }
  const [coarse, middle, fine] = [difference(STEP), difference(STEP / 2), difference(STEP / 4)]
  const exact = value(point.at)
  const moved = range(PERTURBED).map((seed) => value(point.at, seed))
  slopes.forEach(({ data }, k) =>
    data.forEach((slope, i) => {
      // Of infinite values (a largest of none) there is no difference.
      if (!Number.isFinite(exact[k]!.data[i]!)) return
      const noise = Math.max(...moved.map((run) => Math.abs(run[k]!.data[i]! - exact[k]!.data[i]!)))
      const own = Math.max(...slopesMoved.map((run) => Math.abs(run[k]!.data[i]! - slope)))
      const floor = EPSILON.float64 * (Math.abs(exact[k]!.data[i]!) + 1)
      const rounding = (16 * (noise + floor)) / STEP
      const steps = Math.abs(middle[k]![i]! - fine[k]![i]!)
      // Half the step, a quarter of the error: unless a kink lies within the steps, where there is no limit to compare.
      if (steps > Math.abs(coarse[k]![i]! - middle[k]![i]!) / 2 + rounding) return
      const allowed = steps + rounding + 4 * own
      const off = Math.abs(slope - fine[k]![i]!)
      if (!(off <= allowed))
        throw new Error(
          `${what}: element ${i} of ${k} is ${slope}, differences give ${fine[k]![i]} (${allowed} allowed).`,
        )
    }),
  )
}

const tangentIsLimit = (point: Point): void => {
  const { run, f, direction } = point
  isLimit(
    'tangent',
    (seed) =>
      run(
        ({ at, fixed, direction }: Record<string, Tensors>) => jvp((p: Tensors) => f(p, fixed!), at!, direction!)[1],
        { direction },
        seed,
      ),
    (at, seed) => run(({ at, fixed }: Record<string, Tensors>) => f(at!, fixed!), { at }, seed),
    point,
  )
}

/** ⟨u, f⟩ over event axes and examples: one number. */
const weighed =
  (f: Point['f'], fixed: Tensors, weights: readonly Example[]) =>
  (p: Tensors): Tensor =>
    f(p, fixed).reduce<Tensor>((total, y, k) => {
      const inner = sum(mul(y, weights[k]!))
      const isVarying = (inner as unknown as { readonly varies: boolean }).varies
      return add(total, isVarying ? lanes.sum(inner) : (inner as Tensor))
    }, constant(0))

/** H v is the limit of differences of the gradient, and grad⟨grad L, v⟩ is H v too. */
const secondOrder = (point: Point): void => {
  const { run, f, direction, weights } = point
  type Inputs = { at: Tensors; fixed: Tensors; direction: Tensors; weights: readonly Example[] }
  const product = (seed?: number) =>
    run(
      ({ at, fixed, direction, weights }: Inputs) =>
        hessianVector<Tensors>(weighed(f, fixed, weights) as never)(at, direction),
      { direction, weights },
      seed,
    )
  isLimit(
    'Hessian times vector',
    product,
    (at, seed) =>
      run(
        ({ at, fixed, weights }: Inputs) => grad<Tensors>(weighed(f, fixed, weights) as never)(at),
        { at, weights },
        seed,
      ),
    point,
  )
  const twice = (seed?: number) =>
    run(
      ({ at, fixed, direction, weights }: Inputs) =>
        grad<Tensors>(((p: Tensors) => {
          const g = grad<Tensors>(weighed(f, fixed, weights) as never)(p)
          const names = Object.keys(p)
          return weighed(
            () => names.map((name) => g[name]!),
            {},
            names.map((name) => direction[name]!),
          )(p)
        }) as never)(at),
      { direction, weights },
      seed,
    )
  const [forward, backward] = [product(), twice()]
  sameKinds('second derivative', backward, forward)
  const moved = range(PERTURBED).map((seed) => [product(seed), twice(seed)] as const)
  forward.forEach(({ data }, k) =>
    data.forEach((x, i) =>
      agree(
        'H v forward over reverse and reverse over reverse',
        x - backward[k]!.data[i]!,
        moved.map(([a, b]) => a[k]!.data[i]! - b[k]!.data[i]!),
        256 * EPSILON.float64 * (Math.abs(x) + 1),
      ),
    ),
  )
}

/** Cases that have a float to differentiate by and a float result, seen on some instances. */
const differentiable = catalogue.filter(({ instance }: Case) =>
  fc.sample(instance, { numRuns: 8, seed: 1 }).some((drawn) => pointOf(drawn, 1, 0) !== null),
)

const law = (holds: (point: Point) => void, instance: Case['instance'], numRuns: number): void =>
  fc.assert(
    fc.property(instance, few, fc.integer(), (drawn, laneCount, seed) => {
      const point = pointOf(drawn, laneCount, seed)
      if (point) holds(point)
    }),
    { numRuns },
  )

/** What its name denies is not tested: no derivative is what stopGradient is for, and trigamma is given none. */
const noLimit = new Set(['stopGradient'])
const noSecond = new Set(['stopGradient', 'digamma'])

describe.each(differentiable)('derivatives of $name', ({ name, instance }) => {
  test('are the same in both modes', () => law(modesAreTransposes, instance, 6))
  test.skipIf(noLimit.has(name))('are limits of differences', () => law(tangentIsLimit, instance, 4))
  test.skipIf(noSecond.has(name))('have derivatives', () => law(secondOrder, instance, 3))
})
