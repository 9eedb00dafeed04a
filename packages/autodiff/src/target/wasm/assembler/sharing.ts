import { type Code, operandsOf } from './code.ts'

/**
 * How often each node stands in the operands of a statement, for those that are worth keeping and stand there more
 * than once. Bodies of blocks, loops and branches are statements of their own.
 */
export const repeated = (statement: Code): Map<Code, number> => {
  const seen = new Set<Code>()
  const uses = new Map<Code, number>()
  const visit = (code: Code): void => {
    if (isCheap(code)) return
    if (seen.has(code)) {
      uses.set(code, (uses.get(code) ?? 1) + 1)
      return
    }
    seen.add(code)
    for (const operand of operandsOf(code)) visit(operand)
  }
  visit(statement)
  return uses
}

/** Reading a variable or writing a constant costs no more than reading what was kept. */
export const isCheap = (code: Code): boolean =>
  code.kind === 'local' || code.kind === 'global' || (code.kind === 'apply' && code.operands.length === 0)
