import { DiffeoMistake, type Engine, open } from '@diffeo/autodiff'

/** What a fit computes on: the fastest engine trains, and the float64 reference judges what came of it. */
export interface Engines {
  readonly trainer: Engine
  readonly judge: Engine
}

/** Runs `body` with both engines, and gives them back whatever happens, so that their threads end. */
export const withEngines = async <A>(body: (engines: Engines) => Promise<A>): Promise<A> =>
  withJudge(async (judge) => {
    const trainer = await openTrainer()
    try {
      return await body({ trainer, judge })
    } finally {
      trainer.dispose()
    }
  })

/** Runs `body` with the float64 reference: what scores and draws from a model. */
export const withJudge = async <A>(body: (judge: Engine) => Promise<A>): Promise<A> => {
  const judge = await open('reference')
  try {
    return await body(judge)
  } finally {
    judge.dispose()
  }
}

/** WebAssembly where the platform has it; the result says which engine it was. */
const openTrainer = async (): Promise<Engine> => {
  try {
    return await open('wasm')
  } catch (thrown) {
    if (thrown instanceof DiffeoMistake) return open('reference')
    throw thrown
  }
}
