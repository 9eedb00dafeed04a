import type { Shape } from './shape.ts'

/** A mistake in a program, thrown at the line that makes it. The message says where, what was expected, what came, and what to do. */
export class DiffeoMistake extends Error {
  override readonly name = 'DiffeoMistake'
}

export const mistake = (message: string): never => {
  throw new DiffeoMistake(message)
}

export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`
