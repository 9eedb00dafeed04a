import fc from 'fast-check'

/**
 * Properties draw the same cases in every run, so a failure anywhere can be repeated; another number in DIFFEO_SEED
 * draws others.
 */
fc.configureGlobal({ seed: Number(process.env.DIFFEO_SEED ?? 1) })
