// What must type, and (ts-expect-error) what must not. Checked by the compiler alone; nothing here runs.
import {
  add,
  type Example,
  grad,
  jvp,
  lanes,
  loop,
  map,
  mul,
  random,
  scan,
  type Tensor,
  until,
  valueAndGrad,
  vjp,
} from '../src/index.ts'

declare const w: Tensor
declare const x: Example

// axes compute themselves
export const uniform: Tensor = add(w, 1)
export const varying: Example = add(mul(x, 2), w)
// @ts-expect-error varying is not uniform
export const notUniform: Tensor = add(x, w)
export const mean: Tensor = lanes.mean(x)
export const noise: Example = random.normal(random.foldIn(random.key(0), lanes.index()), [8])
export const uniformNoise: Tensor = random.normal(random.key(0), [8])
// @ts-expect-error a key for each example gives numbers for each example
export const notUniformNoise: Tensor = random.uniform(random.foldIn(random.key(0), lanes.index()), [])
// @ts-expect-error only a uniform value is spread
lanes.spread(x)
export const each: Example = lanes.spread(w)

// gradients: scores, losses, and the forgotten average
declare const logProb: (x: Example) => Example
export const score: (x: Example) => Example = grad((p: Example) => logProb(p))
export const ofLoss: (p: { w: Tensor; b: Tensor }) => { w: Tensor; b: Tensor } = grad((p: { w: Tensor; b: Tensor }) =>
  lanes.mean(add(mul(x, p.w), p.b)),
)
// @ts-expect-error forgot to average over examples
export const forgotten = grad((p: { w: Tensor; b: Tensor }) => add(mul(x, p.w), p.b))
// @ts-expect-error forgot to average over examples
export const forgottenToo = valueAndGrad((p: Tensor) => mul(x, p))
export const ofBoth: { w: Tensor; x: Example } = grad((p: { w: Tensor; x: Example }) => mul(p.w, p.x))({ w, x })
export const perExample: Example = grad((p: Example) => mul(x, p))(lanes.spread(w))
export const pulled: Tensor = vjp((p: Tensor) => mul(p, x), w)[1](x)
export const pushed: Example = jvp((p: Tensor) => mul(p, x), w, w)[1]

// draws per example: a map over an event axis
declare const draws: Tensor
export const importanceWeighted: Example = map(draws, (e) => logProb(add(x, e)))
export const squares: Tensor = map(draws, (e) => mul(e, e))
// @ts-expect-error what the body reads makes the result vary
export const notSquares: Tensor = map(draws, (e) => mul(e, x))

// carries keep their axes; outputs have their own
export const [lastUniform, outputs]: readonly [Tensor, Example] = scan(draws, w, (c, e) => [mul(c, e), mul(x, e)])
export const rolled: Example = loop(3, lanes.spread(w), (c) => add(c, x))
// @ts-expect-error a carry that becomes varying starts from lanes.spread
export const notRolled = loop(3, w, (c) => add(c, x))
export const [root, met]: readonly [Example, Example] = until(
  9,
  x,
  (c) => add(c, 0),
  (c) => mul(c, 0.5),
)
export const notMet = until(
  9,
  w,
  // @ts-expect-error one test for all examples cannot depend on each
  () => x,
  (c) => c,
)
