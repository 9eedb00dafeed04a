import {
  add,
  clamp,
  constant,
  type Example,
  exp,
  expandDims,
  greater,
  lanes,
  log,
  matmul,
  mul,
  random,
  sigmoid,
  sqrt,
  square,
  sub,
  sum,
  where,
} from '@diffeo/autodiff'
import { type Distribution, type Domain, defineDistribution, real, uniform } from '../../src/index.ts'

// Distributions that are wrong on purpose, one for each law.

interface Parts {
  readonly logProb?: (x: Example) => Example
  readonly sample?: (key: Example) => Example
  readonly entropy?: number
  readonly domain?: Domain
}

const HALF_LOG_2_PI = 0.5 * Math.log(2 * Math.PI)
const logNormal = (x: Example): Example => sub(-2 * HALF_LOG_2_PI, mul(0.5, sum(square(x))))
const normal = (key: Example): Example => random.normal(key, [2])

const density = ({ logProb = logNormal, sample = normal, entropy, domain = real(2) }: Parts): Distribution =>
  defineDistribution({
    spec: { kind: 'wrong', options: null, parts: [] },
    domain,
    parameters: {},
    logProb: (_, x) => logProb(x),
    sample: (_, key) => sample(key),
    ...(entropy !== undefined && { entropy: () => constant(entropy) }),
  }) as Distribution

/** Two independent normals and nothing wrong with them. */
export const correct = density({ entropy: 2 * HALF_LOG_2_PI + 1 })

/** A normalising constant that counts one coordinate of two. */
export const tooMuch = density({ logProb: (x) => add(logNormal(x), HALF_LOG_2_PI) })

/** Half of the entropy's 1 for two coordinates was forgotten. */
export const wrongEntropy = density({ entropy: 2 * HALF_LOG_2_PI + 0.5 })

/** Draws a tenth too wide. */
export const drawsTooWide = density({ sample: (key) => mul(1.1, normal(key)) })

/** Draws of the right scale in the wrong place. */
export const drawsAside = density({ sample: (key) => add(constant([0, 0.2]), normal(key)) })

/** Draws whose coordinates are normal, each by itself, and follow one another. */
export const drawsTogether = density({
  sample: (key) => {
    const turned = matmul(constant([1, 0, Math.SQRT1_2, Math.SQRT1_2], [2, 2]), expandDims(normal(key), 1))
    return sum(turned, 1)
  },
})

/** A uniform density that takes points outside for the nearest inside. */
export const clipped = density({
  domain: uniform(2).domain,
  logProb: (x) => sum(mul(0, clamp(x, 0, 1))),
  sample: (key) => random.uniform(key, [2]),
})

/** A normal one, with a branch that is never shown and whose derivative is no number. */
export const nanScore = density({
  logProb: (x) => logNormal(where(greater(x, 0), add(x, mul(0, sqrt(x))), x)),
})

/** A flow that gives a draw the density of its latent. */
export const logDetForgotten: Distribution = {
  ...density({ logProb: (x) => add(logNormal(mul(2, x)), 2 * Math.LN2), sample: (key) => mul(0.5, normal(key)) }),
  sampleAndLogProb: (_, key) => ({ value: mul(0.5, normal(key)), logProb: logNormal(normal(key)) }),
}

/** Normal around the mean of the batch. */
export const examplesMeet = density({ logProb: (x) => logNormal(sub(x, lanes.mean(x))) })

/** Two logistics by log(p (1 - p)), which is -∞ in float32 from |x| ≈ 17 on. */
export const cancels = density({
  logProb: (x) => sum(log(mul(sigmoid(x), sub(1, sigmoid(x))))),
  sample: (key) => log(sub(exp(random.uniform(key, [2])), 1)),
})

/** A normal shifted by a number that it forgets to save. */
export const forgetful = (by: number): Distribution =>
  ({
    ...density({ logProb: (x) => logNormal(sub(x, by)), sample: (key) => add(by, normal(key)) }),
    spec: { kind: 'forgetful', options: null, parts: [] },
  }) as Distribution
