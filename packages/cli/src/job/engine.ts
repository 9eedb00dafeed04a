import { type Engine, open } from '@diffeo/autodiff'

/** What a fit computes on: one engine trains, in float32, and one judges in float64 what came of it. */
export interface Engines {
  readonly trainer: Engine
  readonly judge: Engine
}

/** Runs `body` with both engines, and gives them back whatever happens, so that their threads end. */
export const withEngines = async <A>(body: (engines: Engines) => Promise<A>): Promise<A> =>
  withJudge(async (judge) => {
    const trainer = await open('auto')
    try {
      return await body({ trainer, judge })
    } finally {
      trainer.dispose()
    }
  })

/** Runs `body` with an engine that computes in float64: what scores and draws from a model. */
export const withJudge = async <A>(body: (judge: Engine) => Promise<A>): Promise<A> => {
  const judge = await open('auto', { precision: 'float64' })
  try {
    return await body(judge)
  } finally {
    judge.dispose()
  }
}
