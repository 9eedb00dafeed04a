import { DiffeoMistake } from '@diffeo/autodiff'

/** Throws a programmer's mistake: a shape, a domain or an option that cannot be right. The message says where, what was expected, what came, and what to do. */
export const mistake = (message: string): never => {
  throw new DiffeoMistake(message)
}

export const showShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`
