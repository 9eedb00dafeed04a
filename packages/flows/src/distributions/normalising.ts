export const LOG_2_PI = Math.log(2 * Math.PI)

/** How many coordinates a shape has. */
export const lengthOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)
