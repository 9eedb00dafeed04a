import { type Code, operandsOf } from './code.ts'

/**
 * How often each node stands in the operands of a statement, for those that are worth keeping and stand there more
 * than once. Bodies of blocks, loops and branches are statements of their own.
 */
export const repeated = (statement: Code): ReadonlyMap<Code, number> => {
  const uses = new Map<Code, number>()
  const visit = (code: Code): void => {
    const before = uses.get(code)
    uses.set(code, (before ?? 0) + 1)
    if (before === undefined) for (const operand of operandsOf(code)) visit(operand)
  }
  visit(statement)
  for (const [code, count] of uses) if (count === 1 || isCheap(code)) uses.delete(code)
  return uses
}

/** Reading a variable or writing a constant costs no more than reading what was kept. */
const isCheap = (code: Code): boolean =>
  code.kind === 'local' || code.kind === 'global' || (code.kind === 'apply' && code.operands.length === 0)
