import type { Model } from './model.ts'

/** What an engine is asked to do again and again, as plain data. Sizes count rows. */
export type Work =
  /** One step: mean density of a batch, its gradient, Adam with rate 1e-3. */
  | { readonly kind: 'train'; readonly model: Model; readonly rows: number }
  /** Densities of rows that the engine holds. */
  | { readonly kind: 'logProb'; readonly model: Model; readonly rows: number }
  /** Draws from the flow, random numbers included. */
  | { readonly kind: 'sample'; readonly model: Model; readonly rows: number }
  /** From functions to a program that is ready to train. */
  | { readonly kind: 'compile'; readonly model: Model; readonly rows: number }
  /** x ← w x for one square `w [size, size]` after another, `x [size, rows]`; a unit is all of them. */
  | { readonly kind: 'contraction'; readonly size: number; readonly rows: number; readonly depth: number }
  /** e^x of every element. */
  | { readonly kind: 'exp'; readonly rows: number }

/** How many rows a check looks at. */
export const CHECKED = 512

/** Steps that a check trains. */
export const STEPS = 5
