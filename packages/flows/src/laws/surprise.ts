/** Standard errors that a mean may be off by: chance alone goes beyond them once in 1.7 million times. */
export const SURPRISE = 5

/** The same for the largest distance of an empirical distribution function from the true one, in units of 1/√n (Kolmogorov 1933). */
export const SURPRISING_DISTANCE = 2.74
