import { type Engine, open } from '@diffeo/autodiff'

/** Runs `body` with the fastest engine there is, and gives it back whatever happens, so that its threads end. */
export const withEngine = async <A>(body: (engine: Engine) => Promise<A>): Promise<A> => {
  const engine = await open('auto')
  try {
    return await body(engine)
  } finally {
    engine.dispose()
  }
}
