import type { Code } from '../assembler/code.ts'
import { f32 } from '../assembler/instructions/f32.ts'
import { f32x4 } from '../assembler/instructions/f32x4.ts'

/** The four lanes of a vector added: (0 + 1) + (2 + 3). */
export const across = (v: Code<'v128'>): Code<'f32'> =>
  f32.add(
    f32.add(f32x4.extractLane(v, 0), f32x4.extractLane(v, 1)),
    f32.add(f32x4.extractLane(v, 2), f32x4.extractLane(v, 3)),
  )
