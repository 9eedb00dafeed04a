import { mistake } from '../error.ts'
import * as derivedRows from '../scalar/derived.ts'
import { type Expression, interpret, type Row } from '../scalar/expression.ts'
import * as primitiveRows from '../scalar/primitives.ts'
import { broadcastShapes, broadcastStrides, offsetsOf, sizeOf } from '../shape.ts'
import { broadcastTo, sumTo } from './broadcast.ts'
import { constant } from './constant.ts'
import { loopOf } from './elementwiseLoop.ts'
import { anyVaries, type Kernel, make, type Operation } from './operation.ts'
import { type Arg, type DType, type Node, nodeOf, type Tensor } from './tensor.ts'

/** A scalar row applied element by element, with broadcasting over event axes. All scalar functions are this one operation. */
export const elementwiseOperation: Operation<{ readonly row: Row }> = {
  name: 'elementwise',
  infer: ({ row }, inputs) => ({
    shape: broadcastShapes(
      inputs.map((x) => x.shape),
      row.name,
    ),
    dtype: resultType(row, inputs),
    varies: anyVaries(inputs),
  }),
  reverse: (node, [g], wanted) => {
    if (!g) return node.inputs.map(() => null)
    const partials = node.attributes.row.partials()
    return node.inputs.map((x, i) => {
      const partial = wanted[i] ? partials[i] : null
      return partial ? sumTo(times(g, partial, [...node.inputs, node]), x.shape) : null
    })
  },
  forward: (node, tangents) => {
    const partials = node.attributes.row.partials()
    const terms = tangents.flatMap((t, i) => {
      const partial = t && partials[i]
      return partial ? [times(t, partial, [...node.inputs, node])] : []
    })
    // A tangent has the shape of its own input; the result's may be larger.
    return [
      terms.length
        ? nodeOf(
            broadcastTo(
              terms.reduce((a, b) => applyRow(primitiveRows.add, [a, b])),
              node.shape,
            ),
          )
        : null,
    ]
  },
  kernel: (node) => elementwiseKernel(node),
  rounding: { kind: 'elementwise', of: ({ row }) => row.error },
  show: ({ row }) => row.name,
}

/** A row on tensors of the right element types. */
export const applyRow = (row: Row, inputs: readonly Node[]): Node => make(elementwiseOperation, { row }, inputs)

/** An expression on tensors. */
export const applyExpression = (expression: Expression, args: readonly Node[]): Node =>
  interpret<Node>(
    expression,
    args,
    (value) => nodeOf(constant(value)),
    (row, operands) => applyRow(row, operands),
  )

/** A cotangent or tangent times a partial derivative; a selected factor selects the product, so that what was not selected (NaN, ∞) cannot leak in as 0 · NaN. */
const times = (g: Node, partial: Expression, args: readonly Node[]): Node => {
  if (partial.kind === 'constant')
    return partial.value === 1
      ? g
      : partial.value === -1
        ? applyRow(primitiveRows.neg, [g])
        : applyRow(primitiveRows.mul, [g, nodeOf(constant(partial.value))])
  if (partial.kind === 'apply' && partial.row === primitiveRows.where) {
    const [condition, yes, no] = partial.operands
    return applyRow(primitiveRows.where, [applyExpression(condition!, args), times(g, yes!, args), times(g, no!, args)])
  }
  return applyRow(primitiveRows.mul, [g, applyExpression(partial, args)])
}

const resultType = (row: Row, inputs: readonly Node[]): DType => {
  const types = inputs.map((x) => x.dtype)
  const fail = (wanted: string): never => mistake(`${row.name}: takes ${wanted}, got ${types.join(' and ')}.`)
  switch (row.signature) {
    case 'float':
      return types.every((t) => t === 'float') ? 'float' : fail('floats')
    case 'arithmetic':
      return types.every((t) => t !== 'bool' && t === types[0]) ? types[0]! : fail('numbers of one type')
    case 'predicate':
      return types.every((t) => t === types[0]) ? 'bool' : fail('values of one type')
    case 'logical':
      return types.every((t) => t === 'bool') ? 'bool' : fail('booleans')
    case 'select':
      return types[0] === 'bool' && types[1] === types[2] ? types[1]! : fail('a boolean and two values of one type')
  }
}

/** Element-wise over event axes with numpy's broadcasting; one run over all elements where every input is laid out like the result. */
const elementwiseKernel = (node: Node<{ readonly row: Row }>): Kernel => {
  const { inputs, shape, varies, dtype } = node
  const { row } = node.attributes
  const integer = dtype === 'int' && row.signature === 'arithmetic'
  const size = sizeOf(shape)
  const alike = inputs.map((x) => x.varies === varies && sizeOf(x.shape) === size)
  const single = inputs.map((x) => !x.varies && sizeOf(x.shape) === 1)
  if (inputs.every((_, k) => alike[k] || single[k])) {
    const loop = loopOf(
      row,
      alike.map((a, k) => a && !single[k]),
      integer,
    )
    const none = inputs.map(() => new Int32Array(1))
    const strides = inputs.map(() => 1)
    return ([out], xs, lanes) => loop(out!, xs, 1, varies ? size * lanes : size, none, strides)
  }
  const loop = loopOf(
    row,
    inputs.map((x) => x.varies),
    integer,
  )
  const offsets = inputs.map((x) => offsetsOf(shape, broadcastStrides(x.shape, shape)))
  return ([out], xs, lanes) =>
    loop(
      out!,
      xs,
      size,
      varies ? lanes : 1,
      offsets,
      inputs.map((x) => (x.varies ? lanes : 1)),
    )
}

// ---- element types

export const castOperation: Operation<{ readonly to: DType }> = {
  name: 'cast',
  infer: ({ to }, [x]) => ({ shape: x!.shape, dtype: to, varies: x!.varies }),
  reverse: ({ attributes: { to }, inputs: [x] }, [g]) => [g && to === 'float' && x!.dtype === 'float' ? g : null],
  forward: ({ attributes: { to }, inputs: [x] }, [t]) => [t && to === 'float' && x!.dtype === 'float' ? t : null],
  kernel: ({ attributes: { to }, inputs: [x], shape }) => {
    const size = sizeOf(shape)
    return ([out], [a], lanes) => {
      const n = size * (x!.varies ? lanes : 1)
      for (let i = 0; i < n; i++) out![i] = to === 'int' ? a![i]! | 0 : to === 'bool' ? Number(a![i] !== 0) : a![i]!
    }
  },
  show: ({ to }) => to,
}

/** The same numbers as another element type; to int drops the fraction, to bool asks for nonzero. */
export const cast = <A extends string = never>(x: Tensor<A>, to: DType): Tensor<A> =>
  x.dtype === to ? x : make(castOperation, { to }, [nodeOf(x)])

/** Arguments as tensors of the types that a row takes: numbers become constants of the type of what they meet, integers beside floats become floats. */
const promote = (row: Row, args: readonly Arg<string>[]): readonly Node[] => {
  const numbers = row.signature === 'select' ? args.slice(1) : args
  const met = numbers.flatMap((x) => (typeof x === 'number' ? [] : [x.dtype]))
  const whole = numbers.every((x) => typeof x !== 'number' || Number.isInteger(x))
  const common: DType =
    row.signature === 'logical'
      ? 'bool'
      : row.signature === 'float' || met.length === 0 || met.includes('float') || !whole
        ? 'float'
        : met[0]!
  return args.map((x, i) => {
    const type = row.signature === 'select' && i === 0 ? 'bool' : common
    if (typeof x === 'number') return nodeOf(constant(x, [], type))
    return nodeOf(x.dtype === 'int' && type === 'float' ? cast(x, 'float') : x)
  })
}

type Unary = <A extends string = never>(x: Arg<A>) => Tensor<A>
type Binary = <A extends string = never, B extends string = never>(a: Arg<A>, b: Arg<B>) => Tensor<A | B>
type Ternary = <A extends string = never, B extends string = never, C extends string = never>(
  a: Arg<A>,
  b: Arg<B>,
  c: Arg<C>,
) => Tensor<A | B | C>

const apply = (row: Row, args: readonly Arg<string>[]): Tensor<never> => applyRow(row, promote(row, args))
const unary =
  (row: Row): Unary =>
  (x) =>
    apply(row, [x])
const binary =
  (row: Row): Binary =>
  (a, b) =>
    apply(row, [a, b])
const ternary =
  (row: Row): Ternary =>
  (a, b, c) =>
    apply(row, [a, b, c])

// ---- the public functions, one for each row
//
// Each works element by element, with broadcasting over event axes: shapes are aligned at the last axis, an axis of length
// 1 stretches. A number is a constant; integers beside floats become floats. Each throws, with its name and what it got,
// where shapes do not broadcast or element types do not fit.

/** a + b; integers wrap at 32 bits. */
export const add = binary(primitiveRows.add)
/** a - b; integers wrap at 32 bits. */
export const sub = binary(primitiveRows.sub)
/** a · b; integers wrap at 32 bits. */
export const mul = binary(primitiveRows.mul)
/** a / b of floats; by 0 it is infinite, 0 / 0 is NaN. */
export const div = binary(primitiveRows.div)
/** -x. */
export const neg = unary(primitiveRows.neg)
/** |x|; the derivative at 0 is 0. */
export const abs = unary(primitiveRows.abs)
/** -1, 0 or 1; the derivative is 0. */
export const sign = unary(primitiveRows.sign)
/** The larger; NaN if either is. At a tie the derivative goes to the first. */
export const maximum = binary(primitiveRows.maximum)
/** The smaller; NaN if either is. At a tie the derivative goes to the first. */
export const minimum = binary(primitiveRows.minimum)
/** The largest integer not above x, as a float; the derivative is 0. */
export const floor = unary(primitiveRows.floor)
/** eˣ; infinite from x ≈ 88.7 on in float32, 709.8 in float64. */
export const exp = unary(primitiveRows.exp)
/** The natural logarithm; -Infinity at 0, NaN below. */
export const log = unary(primitiveRows.log)
/** log(1 + x), exact near 0; -Infinity at -1, NaN below. */
export const log1p = unary(primitiveRows.log1p)
/** eˣ - 1, exact near 0. */
export const expm1 = unary(primitiveRows.expm1)
/** √x; NaN below 0, and an infinite derivative at 0. */
export const sqrt = unary(primitiveRows.sqrt)
/** aᵇ for a >= 0, or for any a with an integer b, else NaN. By b the derivative is 0 where a <= 0. */
export const power = binary(primitiveRows.power)
/** Sine of an angle in radians. In float32 its stated error holds for |x| <= 10⁴. */
export const sin = unary(primitiveRows.sin)
/** Cosine of an angle in radians. In float32 its stated error holds for |x| <= 10⁴. */
export const cos = unary(primitiveRows.cos)
/** The angle in (-π/2, π/2) whose tangent is x. */
export const atan = unary(primitiveRows.atan)
/** The error function, 2/√π ∫₀ˣ e^(-t²) dt. */
export const erf = unary(primitiveRows.erf)
/** The x whose erf is y: infinite at ±1, NaN beyond. */
export const erfInverse = unary(primitiveRows.erfInverse)
/** log|Γ(x)|; infinite at 0, -1, -2, …. */
export const logGamma = unary(primitiveRows.logGamma)
/** d/dx log|Γ(x)|. */
export const digamma = unary(primitiveRows.digamma)
/** d²/dx² log|Γ(x)|; the last of its kind: its own derivative is 0 here. */
export const trigamma = unary(primitiveRows.trigamma)
/** a < b, a boolean; false where either is NaN. */
export const less = binary(primitiveRows.less)
/** a <= b, a boolean; false where either is NaN. */
export const lessEqual = binary(primitiveRows.lessEqual)
/** a = b, a boolean; false where either is NaN. */
export const equal = binary(primitiveRows.equal)
/** Whether x is a number, neither infinite nor NaN. */
export const finite = unary(primitiveRows.finite)
/** Whether a boolean is false. */
export const not = unary(primitiveRows.not)
/** Whether both booleans are true. */
export const and = binary(primitiveRows.and)
/** Whether one of two booleans is true, or both. */
export const or = binary(primitiveRows.or)
/**
 * `where(condition, yes, no)`: `yes` where the boolean holds, else `no`. What is not chosen may be anything, NaN too, and
 * no derivative of it leaks in.
 */
export const where = ternary(primitiveRows.where)
/** 1 / (1 + e⁻ˣ), without overflow on either side. */
export const sigmoid = unary(derivedRows.sigmoid)
/** log(p / (1 - p)); infinite at 0 and 1, NaN outside. */
export const logit = unary(derivedRows.logit)
/** log(1 + eˣ), finite for every finite x. */
export const softplus = unary(derivedRows.softplus)
/** log(eʸ - 1), the x whose softplus is y; -Infinity at 0, NaN below. */
export const softplusInverse = unary(derivedRows.softplusInverse)
/** (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ), exact near 0. */
export const tanh = unary(derivedRows.tanh)
/** The x whose tanh is y: infinite at ±1, NaN beyond. */
export const atanh = unary(derivedRows.atanh)
/** (eˣ - e⁻ˣ) / 2, exact near 0. */
export const sinh = unary(derivedRows.sinh)
/** (eˣ + e⁻ˣ) / 2. */
export const cosh = unary(derivedRows.cosh)
/** The x whose sinh is y, exact near 0. */
export const asinh = unary(derivedRows.asinh)
/** 1 / √(1 + x²), without overflow of the square. */
export const asinhSlope = unary(derivedRows.asinhSlope)
/** sin x / cos x of an angle in radians. In float32 its stated error holds for |x| <= 1.5. */
export const tan = unary(derivedRows.tan)
/** x above 0, else 0, where the derivative is 0 too. */
export const relu = unary(derivedRows.relu)
/** x Φ(x), Φ the standard normal distribution function (Hendrycks & Gimpel 2016, the exact form). */
export const gelu = unary(derivedRows.gelu)
/** x sigmoid(x). */
export const silu = unary(derivedRows.silu)
/** x². */
export const square = unary(derivedRows.square)
/** `clamp(x, lower, upper)`: x held between two bounds, the upper one where they cross; outside them the derivative in x is 0. */
export const clamp = ternary(derivedRows.clamp)
/** a > b, a boolean; false where either is NaN. */
export const greater = binary(derivedRows.greater)
/** a >= b, a boolean; false where either is NaN. */
export const greaterEqual = binary(derivedRows.greaterEqual)
/** Whether a and b differ; true where either is NaN. */
export const notEqual = binary(derivedRows.notEqual)

/** The row behind an element-wise node. */
export const rowOf = (node: Node): Row | undefined =>
  node.operation === elementwiseOperation ? (node.attributes as { readonly row: Row }).row : undefined
