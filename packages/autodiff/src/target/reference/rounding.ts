import { isJoin } from '../../tensor/lanes.ts'
import { type Kernel, kindsOf, type Run } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'

/** What happens to a node's results after they are computed exactly: nothing, or what another target would do to them. */
export type Rounding = NonNullable<Run['after']>

/** Every float as float32 would hold it: a float32 machine whose every operation is correctly rounded. */
export const toFloat32: Rounding = (node, outputs) => {
  kindsOf(node).forEach(({ dtype }, k) => {
    if (dtype !== 'float') return
    const out = outputs[k]!
    for (let i = 0; i < out.length; i++) out[i] = Math.fround(out[i]!)
  })
}

/** Unit of the last place of 1: 2^-23 in float32, 2^-52 in float64. */
export const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const

/**
 * Every float off at random by as much as its operation's row allows a target of this number format, and then held in
 * that format: what the results differ by shows the condition of the whole computation. The noise is the seed's alone.
 *
 * - element-wise: uniform within the stated units in the last place (one at least, where it rounds at all) or the absolute amount;
 * - sums and contractions: uniform within ε · Σ|terms| · (the longest chain of additions);
 * - factorisations: exact, of inputs that are off by the stated units.
 */
export const perturbed = (seed: number, precision: keyof typeof EPSILON): Rounding => {
  const moved = movedAtRandom(uniformNoise(seed), precision)
  if (precision === 'float64') return moved
  return (node, outputs, inputs, lanes) => {
    moved(node, outputs, inputs, lanes)
    toFloat32(node, outputs, inputs, lanes)
  }
}

const movedAtRandom = (noise: () => number, precision: keyof typeof EPSILON): Rounding => {
  const epsilon = EPSILON[precision]
  // Below the smallest normal number the last place no longer shrinks with the value.
  const tiny = epsilon * (precision === 'float32' ? 2 ** -126 : 2 ** -1022)
  // An infinite value is the same on every machine, and has no last place.
  const move = (out: Float64Array, i: number, most: number): void => {
    if (most < Infinity) out[i]! += noise() * most
  }
  return (node, outputs, inputs, lanes) => {
    const { rounding } = node.operation
    if (!rounding) return
    if (isJoin(node)) {
      // Its input is what its terms amount to together: blocks of 64 lanes are added, then the blocks.
      if (node.dtype !== 'float' || rounding.kind !== 'accumulated') return
      const chain = rounding.chain(node) * Math.min(64, lanes) + Math.ceil(lanes / 64)
      const [out, terms] = [outputs[0]!, inputs[0]!]
      for (let i = 0; i < out.length; i++) move(out, i, epsilon * chain * terms[i]!)
      return
    }
    const floats = kindsOf(node).flatMap(({ dtype }, k) => (dtype === 'float' ? [outputs[k]!] : []))
    switch (rounding.kind) {
      case 'elementwise': {
        const { ulp: stated, absolute = 0 } = rounding.of(node.attributes)
        // Noise of half a last place would be rounded away again by the format.
        const ulp = stated === 0 ? 0 : Math.max(stated, 1)
        // Absolute errors are stated for float32.
        const floor = Math.max(ulp > 0 ? tiny : 0, (absolute * epsilon) / EPSILON.float32)
        if (ulp === 0 && floor === 0) return
        for (const out of floats)
          for (let i = 0; i < out.length; i++) move(out, i, Math.max(ulp * epsilon * Math.abs(out[i]!), floor))
        return
      }
      case 'accumulated': {
        const scale = epsilon * rounding.chain(node)
        magnitudes(node, outputs, inputs, lanes).forEach((terms, k) => {
          const out = outputs[k]!
          if (kindsOf(node)[k]!.dtype === 'float') for (let i = 0; i < out.length; i++) move(out, i, scale * terms[i]!)
        })
        return
      }
      case 'backward': {
        const scale = rounding.ulp(node) * epsilon
        const moved = inputs.map((x, k) => {
          const { dtype, varies } = node.inputs[k]!
          if (dtype !== 'float') return x
          const sizes = rounding.normwise ? largest(x, varies ? lanes : 1) : x.map(Math.abs)
          return x.map((v, i) => (Number.isFinite(v) ? v + noise() * scale * sizes[i % sizes.length]! : v))
        })
        node.operation.kernel(node)(outputs, moved, lanes, { offset: 0 })
      }
    }
  }
}

/** Of each lane the size of its largest finite element. */
const largest = (x: Float64Array, lanes: number): Float64Array => {
  const sizes = new Float64Array(lanes)
  x.forEach((v, i) => {
    if (Number.isFinite(v)) sizes[i % lanes] = Math.max(sizes[i % lanes]!, Math.abs(v))
  })
  return sizes
}

/** Σ|terms| of a sum: its own kernel on the magnitudes of its inputs. */
const magnitudes = (
  node: Node,
  outputs: readonly Float64Array[],
  inputs: readonly Float64Array[],
  lanes: number,
): readonly Float64Array[] => {
  const sizes = inputs.map((x, k) => (node.inputs[k]!.dtype === 'float' ? x.map(Math.abs) : x))
  const terms = outputs.map((out) => new Float64Array(out.length))
  const kernel = kernels.get(node) ?? node.operation.kernel(node)
  kernels.set(node, kernel)
  kernel(terms, sizes, lanes, { offset: 0 })
  return terms
}
const kernels = new WeakMap<Node, Kernel>()

/** How many random numbers are made before they repeat: far more than any node takes in a tile. */
const NOISE = 2 ** 16

/**
 * Uniform in (-1, 1): a fixed table from a 32-bit mixing function (splitmix32), read from a place that the seed sets.
 * Speed matters here, statistical quality hardly.
 */
const uniformNoise = (seed: number): (() => number) => {
  let at = mixed(Math.imul(seed, 0x9e3779b9)) & (NOISE - 1)
  return () => {
    at = (at + 1) & (NOISE - 1)
    return table[at]!
  }
}

const mixed = (x: number): number => {
  let z = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return z ^ (z >>> 15)
}

const table = Float64Array.from(
  { length: NOISE },
  (_, i) => (mixed(Math.imul(i + 1, 0x9e3779b9)) >>> 0) * 2 ** -31 - 1 + 2 ** -32,
)
