import { describe, expect, test } from 'vitest'
import {
  add,
  constant,
  type Engine,
  type Example,
  example,
  exp,
  grad,
  type HostArray,
  input,
  iota,
  lanes,
  mul,
  type Resident,
  random,
  reshape,
  slice,
  sum,
  type Tensor,
} from '../../src/index.ts'

const values = (...data: readonly number[]): HostArray => ({ data: Float64Array.from(data), shape: [data.length] })
const scalar = (x: number): HostArray => ({ data: Float64Array.of(x), shape: [] })
const each = (...data: readonly number[]): HostArray => ({
  data: Float64Array.from(data),
  shape: [],
  lanes: data.length,
})

/** What every engine promises about arrays and programs, whatever they compute. */
export const engineContract = (engineOf: () => Engine): void => {
  const numbers = async (x: unknown): Promise<readonly number[]> =>
    Array.from((await engineOf().read(x as Resident)).data)
  type Program = Awaited<ReturnType<Engine['compile']>>
  const fails = async (run: () => unknown, message: string): Promise<void> =>
    expect((async () => run())()).rejects.toThrow(message)
  const compile = <I extends object>(f: (x: I) => unknown, signature: I, options: object = {}): Promise<Program> =>
    engineOf().compile(f as never, signature as never, options)
  const double = (name = 'double'): Promise<Program> =>
    compile(({ x }: { x: Example }) => ({ y: mul(x, 2) }), { x: example([]) }, { name })
  const step = (): Promise<Program> =>
    compile(
      ({ state }: { state: { w: Tensor; n: Tensor } }) => ({ w: mul(state.w, 2), n: add(state.n, 1) }),
      { state: { w: input([2]), n: input([], 'int') } },
      { name: 'step', donate: ['state'] },
    )

  describe('an array', () => {
    test('comes back as it was put in', async () => {
      const engine = engineOf()
      for (const array of [
        { data: Float64Array.of(1, 0.5, -2), shape: [3] },
        { data: Float64Array.of(1, 0.5, -2, 4), shape: [2], lanes: 2 },
        { data: Int32Array.of(-(2 ** 31), 7), shape: [2] },
        { data: Uint8Array.of(1, 0), shape: [], lanes: 2 },
        { data: new Float64Array(0), shape: [0, 3] },
      ]) {
        const handle = engine.upload(array)
        const { data, shape, lanes: n } = await engine.read(handle)
        expect([...data]).toEqual([...array.data])
        expect([shape, n]).toEqual([array.shape, array.lanes])
        expect(handle.dtype).toBe(
          array.data instanceof Int32Array ? 'int' : array.data instanceof Uint8Array ? 'bool' : 'float',
        )
      }
    })

    test('is a copy: what is done to the data later does not reach it', async () => {
      const data = Float64Array.of(1, 2)
      const handle = engineOf().upload({ data, shape: [2] })
      data[0] = 9
      expect(await numbers(handle)).toEqual([1, 2])
      ;(await engineOf().read(handle)).data[1] = 9
      expect(await numbers(handle)).toEqual([1, 2])
    })

    test('is refused where its data does not fill it', async () => {
      await fails(() => engineOf().upload({ data: new Float64Array(3), shape: [2] }), '3 numbers do not fill [2]')
      await fails(
        () => engineOf().upload({ data: new Float64Array(3), shape: [2], lanes: 2 }),
        '3 numbers do not fill [2] of 2 lanes',
      )
    })

    test('cannot be used after it was released, by a program or to be read', async () => {
      const program = await double()
      const handle = engineOf().upload(each(1, 2))
      engineOf().release(handle)
      await fails(() => engineOf().read(handle), 'was released')
      await fails(() => engineOf().release(handle), 'was released')
      await fails(() => program.run({ x: handle }), 'double: input x: the array was released')
    })

    test('of another engine is refused', async () => {
      const foreign = Object.freeze({ shape: [], dtype: 'float', lanes: 2 }) as unknown as Resident
      await fails(() => engineOf().read(foreign), 'lives in another engine')
      await fails(async () => (await double()).run({ x: foreign }), 'lives in another engine')
    })
  })

  describe('a donated array', () => {
    test('is consumed, and a later use names the program that took it', async () => {
      const program = await step()
      const state = { w: engineOf().upload(values(1, 2)), n: engineOf().upload({ data: Int32Array.of(5), shape: [] }) }
      const next = (await program.run({ state })) as { readonly w: Resident; readonly n: Resident }
      expect([await numbers(next.w), await numbers(next.n)]).toEqual([[2, 4], [6]])
      await fails(() => engineOf().read(state.w), 'was donated to step')
      await fails(() => program.run({ state }), 'step: input state.w: the array was donated to step')
      await fails(() => engineOf().release(state.n), 'was donated to step')
      const last = (await program.run({ state: next })) as { readonly w: Resident }
      expect(await numbers(last.w)).toEqual([4, 8])
    })

    test('may be what a result is, unchanged', async () => {
      const program = await compile(
        ({ w }: { w: Tensor }) => ({ w, part: slice(w, 0, 1) }),
        { w: input([2]) },
        { donate: ['w'] },
      )
      const { w, part } = (await program.run({ w: engineOf().upload(values(1, 2)) })) as Record<string, Resident>
      expect([await numbers(w), await numbers(part)]).toEqual([[1, 2], [2]])
    })

    test('is not consumed by a run that failed', async () => {
      const program = await step()
      const w = engineOf().upload(values(1, 2))
      await fails(() => program.run({ state: { w, n: scalar(1) } }), 'input state.n is float, the signature says int')
      expect(await numbers(w)).toEqual([1, 2])
    })
  })

  describe('inputs of a program', () => {
    const sums = (): Promise<Program> =>
      compile(
        ({ a, b }: { a: { x: Example; w: Tensor }; b: Tensor }) => ({ y: add(sum(mul(a.x, a.w)), b) }),
        { a: { x: example([2]), w: input([2]) }, b: input([]) },
        { name: 'sums' },
      )
    const x = { data: Float64Array.of(1, 2, 3, 4), shape: [2], lanes: 2 }
    const good = { a: { x, w: values(10, 100) }, b: scalar(5) }

    test('match by key, whatever order the keys are in', async () => {
      const program = await sums()
      const swapped = { b: good.b, a: { w: good.a.w, x } }
      for (const inputs of [good, swapped])
        expect(await numbers(((await program.run(inputs)) as { y: Resident }).y)).toEqual([315, 425])
    })

    test('that do not fit the signature are named with what was expected', async () => {
      const program = await sums()
      const wrong = (inputs: unknown, message: string) => fails(() => program.run(inputs as never), message)
      await wrong({ a: good.a }, 'differ at b')
      await wrong({ ...good, c: scalar(1) }, 'differ at c')
      await wrong({ ...good, b: values(1, 2) }, 'sums: input b has shape [2], the signature says []')
      await wrong({ ...good, a: { ...good.a, w: { ...values(1, 2), lanes: 1 } } }, 'input a.w is one for each example')
      await wrong({ ...good, a: { ...good.a, x: values(1, 2) } }, 'input a.x is one value')
      await wrong({ ...good, b: { data: Int32Array.of(1), shape: [] } }, 'input b is int, the signature says float')
      await wrong({ ...good, a: { ...good.a, x: { ...x, lanes: 3 } } }, '4 numbers do not fill [2] of 3 lanes')
    })

    test('have one number of examples', async () => {
      const both = await compile(({ x, y }: { x: Example; y: Example }) => ({ z: add(x, y) }), {
        x: example([]),
        y: example([]),
      })
      await fails(() => both.run({ x: each(1, 2), y: each(1, 2, 3) }), 'input y has 3 examples, others have 2')
      await fails(
        () => both.run({ x: each(1, 2), y: each(1, 2) }, { lanes: { count: 3 } }),
        'input x has 2 examples, others have 3',
      )
      await fails(() => both.run({ x: each(), y: each() }), 'at least one example, got 0')
    })
  })

  describe('a signature', () => {
    test('is made of inputs, and the function reads no others', async () => {
      await fails(
        () => compile(({ x }: { x: Tensor }) => x, { x: constant(1) }),
        'x of the signature is not made by input()',
      )
      const elsewhere = input([2, 3])
      await fails(
        () => compile(({ x }: { x: Tensor }) => add(x, elsewhere), { x: input([]) }),
        'an input of shape [2, 3] that is not in its signature',
      )
    })
  })

  describe('a program', () => {
    test('runs on any number of examples without being compiled again', async () => {
      const program = await double()
      for (const n of [1, 64, 3, 200, 65]) {
        const data = Array.from({ length: n }, (_, i) => i)
        const { y } = (await program.run({ x: each(...data) })) as { y: Resident }
        expect(await numbers(y)).toEqual(data.map((v) => 2 * v))
        expect(y.lanes).toBe(n)
      }
    })

    test('asks how many examples there are where nothing says so', async () => {
      const drawn = await compile(
        () => ({ u: random.uniform(random.foldIn(random.key(1), lanes.index()), []) }),
        {},
        { name: 'draw' },
      )
      await fails(() => drawn.run({}), 'draw: nothing varying comes in; say how many examples')
      expect(await numbers(((await drawn.run({}, { lanes: { count: 3 } })) as { u: Resident }).u)).toHaveLength(3)
      const uniform = await compile(({ w }: { w: Tensor }) => ({ y: sum(mul(w, w)) }), { w: input([2]) })
      expect(await numbers(((await uniform.run({ w: values(3, 4) })) as { y: Resident }).y)).toEqual([25])
    })

    test('may give its inputs, constants, views, and one value several times', async () => {
      const program = await compile(
        ({ x, w }: { x: Example; w: Tensor }) => {
          const y = exp(x)
          return {
            x,
            w,
            seven: constant([7]),
            ints: iota(3),
            y,
            again: y,
            view: reshape(x, [1]),
            many: [[y], lanes.sum(x)],
          }
        },
        { x: example([]), w: input([2]) },
      )
      const inputs = { x: engineOf().upload(each(0, 1)), w: engineOf().upload(values(3, 4)) }
      const r = (await program.run(inputs)) as Record<string, never> & { many: [[Resident], Resident] }
      const [first, second] = await numbers(r.y)
      expect(first).toBe(1)
      expect(second).toBeCloseTo(Math.E, 6)
      expect(await numbers(r.again)).toEqual([first, second])
      expect(await numbers(r.many[0][0])).toEqual([first, second])
      expect(await numbers(r.many[1])).toEqual([1])
      expect([await numbers(r.x), await numbers(r.view), await numbers(r.w)]).toEqual([
        [0, 1],
        [0, 1],
        [3, 4],
      ])
      expect([await numbers(r.seven!), await numbers(r.ints!)]).toEqual([[7], [0, 1, 2]])
      // Results are arrays of their own: releasing one does not touch another, nor the input it equals.
      engineOf().release(r.y!)
      engineOf().release(r.x!)
      expect(await numbers(r.again)).toEqual([first, second])
      expect(await numbers(inputs.x)).toEqual([0, 1])
    })

    test('passes arrays to another without their leaving the engine', async () => {
      const loss = (w: Tensor, x: Example): Tensor => lanes.mean(mul(x, mul(w, w)))
      const train = await compile(
        ({ w, x }: { w: Tensor; x: Example }) => ({ w: add(w, mul(-0.25, grad((v: Tensor) => loss(v, x))(w))) }),
        { w: input([]), x: example([]) },
        { donate: ['w'] },
      )
      const judge = await compile(({ w, x }: { w: Tensor; x: Example }) => ({ loss: loss(w, x) }), {
        w: input([]),
        x: example([]),
      })
      const x = engineOf().upload(each(1, 2, 3))
      let w = engineOf().upload(scalar(1))
      for (let i = 0; i < 3; i++) w = ((await train.run({ w, x })) as { w: Resident }).w
      // w shrinks by 1 - 0.25 · 2 · mean(x) = 0 … so it is 0 from the first step on.
      expect(await numbers(w)).toEqual([0])
      expect(await numbers(((await judge.run({ w, x })) as { loss: Resident }).loss)).toEqual([0])
    })

    test('says what it does, and nothing after it was disposed of', async () => {
      const program = await double('twice')
      expect(program.explain()).toContain('twice')
      program.dispose()
      await fails(() => program.run({ x: each(1) }), 'twice: was disposed of')
    })
  })
}
