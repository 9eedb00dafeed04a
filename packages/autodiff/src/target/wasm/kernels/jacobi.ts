import { eigenSymmetricOperation } from '../../../tensor/linalg/eigenSymmetric.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Body, Code, Local } from '../assembler/code.ts'
import { when } from '../assembler/control.ts'
import { forEach, repeatWhile } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import type { Format } from '../format.ts'
import type { Vector } from '../math/index.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { forLanes, type Laid, laid } from './laid.ts'

/** Eigenvalues and eigenvectors of a symmetric matrix; null for any other operation. */
export const eigenLaunch = (node: Node, at: Addresses): Launch | null => {
  if (node.operation !== (eigenSymmetricOperation as Operation)) return null
  const [a] = node.inputs
  return {
    kernel: jacobi(a!.varies),
    operands: [at.addressOf(node, 0), at.addressOf(node, 1), at.roomOf(node), at.readAt(a!), a!.shape[0]!],
  }
}

/** Sweeps converge quadratically; matrices of any size need about ten. */
const MOST_SWEEPS = 60

/** Half a unit in the last place of 1, and how much larger an element is to count as larger than another. */
const ROUNDING = { float32: [2 ** -24, 1 + 1e-5], float64: [2 ** -53, 1 + 1e-9] } as const

const PARAMETERS = { values: 'i32', vectors: 'i32', matrix: 'i32', a: 'i32', order: 'i32' } as const
type Parameters = { readonly [K in keyof typeof PARAMETERS]: Local<'i32'> }

/** What the pieces of the kernel work on: the lanes that it is at, the bytes of a row, and which lanes have no answer. */
interface Work extends Parameters {
  readonly format: Format
  readonly value: Laid
  readonly lane: Local<'i32'>
  readonly row: Local<'i32'>
  readonly wrong: Local<'v128'>
}

/** Cyclic rotations (Golub & Van Loan 2013, §8.5), in which lanes that have come to their end no longer turn. */
const jacobi = (varies: boolean): Kernel => ({
  key: `jacobi ${varies}`,
  build: (format) =>
    func('jacobi', PARAMETERS, 'none', (p) => {
      const value = laid(format, varies)
      const [lane, row] = integers('lane', 'row')
      const work: Work = { ...p, format, value, lane, row, wrong: local('v128', 'wrong') }
      return [
        set(row, i32.mul(p.order, value.bytes)),
        forLanes(format, varies, lane, [begin(work), sweeps(work), sort(work), orient(work)]),
      ]
    }),
})

const element = ({ row, value }: Work, matrix: Code<'i32'>, i: Code<'i32'>, j: Code<'i32'>): Code<'i32'> =>
  i32.add(i32.add(matrix, i32.mul(i, row)), i32.mul(j, value.bytes))

/** The symmetric part, 0 in lanes that have no answer; and the identity. */
const begin = (work: Work): Body => {
  const { format, value, lane, order, a, matrix, vectors, wrong } = work
  const { add, mul, sub, constant, or, ne, select } = format.floats
  const [i, j] = integers('i', 'j')
  const x = local('v128', 'x')
  const forAll = (body: Body): Body => forEach(i, { below: order }, [forEach(j, { below: order }, body)])
  return [
    set(wrong, constant(0)),
    forAll([
      set(
        x,
        add(mul(value.load(element(work, a, i, j), lane), 0.5), mul(value.load(element(work, a, j, i), lane), 0.5)),
      ),
      // A difference with itself is 0 for what is finite alone.
      set(wrong, or(wrong, ne(sub(x, x), 0))),
      value.store(element(work, matrix, i, j), lane, x),
      value.store(element(work, vectors, i, j), lane, constant(0)),
    ]),
    forAll([
      set(x, value.load(element(work, matrix, i, j), lane)),
      value.store(element(work, matrix, i, j), lane, select(wrong, 0, x)),
    ]),
    forEach(i, { below: order }, value.store(element(work, vectors, i, i), lane, constant(1))),
  ]
}

const sweeps = (work: Work): Body => {
  const { format, value, lane, order, matrix, vectors } = work
  const { add, sub, mul, div, abs, sqrt, eq, le, lt, or, not, select, anyTrue, constant, madd, nmadd } = format.floats
  const [half] = ROUNDING[format.precision]
  const [p, q, k, turned, sweep] = integers('p', 'q', 'k', 'turned', 'sweep')
  const [app, aqq, off, turns] = vectors4('app', 'aqq', 'off', 'turns')
  const [theta, t, s, tangent] = vectors4('theta', 't', 's', 'tangent')
  const [x, y] = [local('v128', 'x'), local('v128', 'y')]
  const read = (i: Code<'i32'>, j: Code<'i32'>): Vector => value.load(element(work, matrix, i, j), lane)
  /** Two elements turned, by what rounds least where the angle is small (Rutishauser 1966): c = 1 - s tan(angle / 2). */
  const rotate = (one: Code<'i32'>, other: Code<'i32'>): Body => [
    set(x, value.load(one, lane)),
    set(y, value.load(other, lane)),
    value.store(one, lane, nmadd(s, madd(tangent, x, y), x)),
    value.store(other, lane, madd(s, nmadd(tangent, y, x), y)),
  ]
  const cleared = (i: Code<'i32'>, j: Code<'i32'>): Body =>
    value.store(element(work, matrix, i, j), lane, select(turns, 0, read(i, j)))
  const pair: Body = [
    set(off, read(p, q)),
    set(app, read(p, p)),
    set(aqq, read(q, q)),
    // Judged by its own two elements, so that small eigenvalues of a graded matrix keep their digits.
    set(turns, not(or(eq(off, 0), le(abs(off), mul(mul(sqrt(abs(app)), half), sqrt(abs(aqq))))))),
    when(anyTrue(turns), [
      set(turned, 1),
      set(theta, sub(div(aqq, add(off, off)), div(app, add(off, off)))),
      set(t, div(1, add(abs(theta), sqrt(madd(theta, theta, constant(1)))))),
      set(t, select(lt(theta, 0), sub(0, t), t)),
      set(t, select(turns, t, 0)),
      // The cosine first.
      set(tangent, div(1, sqrt(madd(t, t, constant(1))))),
      set(s, mul(t, tangent)),
      set(tangent, div(s, add(tangent, 1))),
      forEach(k, { below: order }, rotate(element(work, matrix, k, p), element(work, matrix, k, q))),
      forEach(k, { below: order }, [
        rotate(element(work, matrix, p, k), element(work, matrix, q, k)),
        rotate(element(work, vectors, k, p), element(work, vectors, k, q)),
      ]),
      value.store(element(work, matrix, p, p), lane, nmadd(t, off, app)),
      value.store(element(work, matrix, q, q), lane, madd(t, off, aqq)),
      cleared(p, q),
      cleared(q, p),
    ]),
  ]
  return [
    set(turned, 1),
    set(sweep, 0),
    repeatWhile(i32.and(turned, i32.ltS(sweep, MOST_SWEEPS)), [
      set(turned, 0),
      set(sweep, i32.add(sweep, 1)),
      forEach(p, { below: order }, [forEach(q, { from: i32.add(p, 1), below: order }, pair)]),
    ]),
  ]
}

/** The diagonal in ascending order, equal ones as they came, and the columns with it. */
const sort = (work: Work): Body => {
  const { format, value, lane, order, matrix, vectors, values } = work
  const { gt, select, anyTrue } = format.floats
  const [i, j, k] = integers('i', 'j', 'k')
  const [x, y, wrongWay] = [local('v128', 'x'), local('v128', 'y'), local('v128', 'wrongWay')]
  const at = (n: Code<'i32'>): Code<'i32'> => i32.add(values, i32.mul(n, value.bytes))
  const exchange = (one: Code<'i32'>): Body => [
    set(x, value.load(one, lane)),
    set(y, value.load(one, lane, value.bytes)),
    value.store(one, lane, select(wrongWay, y, x)),
    value.store(one, lane, select(wrongWay, x, y), value.bytes),
  ]
  return [
    forEach(i, { below: order }, value.store(at(i), lane, value.load(element(work, matrix, i, i), lane))),
    forEach(i, { from: 1, below: order }, [
      forEach(j, { below: i32.sub(order, i) }, [
        set(wrongWay, gt(value.load(at(j), lane), value.load(at(j), lane, value.bytes))),
        when(anyTrue(wrongWay), [
          exchange(at(j)),
          forEach(k, { below: order }, exchange(element(work, vectors, k, j))),
        ]),
      ]),
    ]),
  ]
}

/** The element of largest size of every column positive; NaN where there is no answer. */
const orient = (work: Work): Body => {
  const { format, value, lane, order, vectors, values, wrong } = work
  const { gt, lt, abs, mul, select, constant } = format.floats
  const [, larger] = ROUNDING[format.precision]
  const [i, j] = integers('i', 'j')
  const [x, largest, sign] = [local('v128', 'x'), local('v128', 'largest'), local('v128', 'sign')]
  const at = i32.add(values, i32.mul(j, value.bytes))
  return forEach(j, { below: order }, [
    set(largest, constant(0)),
    forEach(i, { below: order }, [
      set(x, value.load(element(work, vectors, i, j), lane)),
      // What rounding tells apart is equal, so that it does not choose the sign.
      set(largest, select(gt(abs(x), mul(abs(largest), larger)), x, largest)),
    ]),
    set(sign, select(lt(largest, 0), -1, 1)),
    set(sign, select(wrong, NaN, sign)),
    forEach(i, { below: order }, [
      set(x, value.load(element(work, vectors, i, j), lane)),
      value.store(element(work, vectors, i, j), lane, mul(x, sign)),
    ]),
    value.store(at, lane, select(wrong, NaN, value.load(at, lane))),
  ])
}

const vectors4 = (...names: readonly [string, string, string, string]) =>
  names.map((name) => local('v128', name)) as unknown as Four
type Four = readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]
