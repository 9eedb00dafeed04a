import { threefry2x32 } from '@diffeo/autodiff'

/** A stream of random numbers of one seed: the points and parameters of a law's case. */
export interface Noise {
  /** In (0, 1). */
  uniform(): number
  normal(): number
}

export const noiseOf = (seed: number, stream: number): Noise => {
  let counter = 0
  const uniform = (): number => (threefry2x32([seed | 0, stream], [counter++, 0])[0] + 0.5) * 2 ** -32
  return {
    uniform,
    // Box & Muller 1958.
    normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}
