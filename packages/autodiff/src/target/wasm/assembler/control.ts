import type { Apply, Block, Body, Branch, Code, If, Instruction, Label, Leave, ValueType } from './code.ts'
import { statements } from './function.ts'
import { type Operand, operandOf } from './instruction.ts'

/** A block: a branch to its label goes to its end. */
export const block = (body: (end: Label) => Body, name = 'end'): Block<'none'> => construct('block', body, name)

/** A loop: a branch to its label starts it again; without one it ends. */
export const loop = (body: (again: Label) => Body, name = 'again'): Block<'none'> => construct('loop', body, name)

const construct = (kind: 'block' | 'loop', body: (label: Label) => Body, name: string): Block<'none'> => {
  const label: Label = { name }
  return { kind: 'block', type: 'none', construct: kind, label, body: statements(body(label)) }
}

export const branch = (label: Label): Branch<'none'> => ({ kind: 'branch', type: 'none', label })

/** Branches where the condition is not 0. */
export const branchIf = (label: Label, condition: Operand<'i32'>): Branch<'none'> => ({
  kind: 'branch',
  type: 'none',
  label,
  condition: operandOf('branchIf', 0, 'i32', condition),
})

/** Does one body or the other. */
export const when = (condition: Operand<'i32'>, yes: Body, no: Body = []): If<'none'> => ({
  kind: 'if',
  type: 'none',
  condition: operandOf('when', 0, 'i32', condition),
  yes: statements(yes),
  no: statements(no),
})

/** One value or the other; only that one is computed. `select` computes both and does not branch. */
export const conditional = <T extends ValueType>(
  condition: Operand<'i32'>,
  yes: Code<T>,
  no: Code<NoInfer<T>>,
): If<T> => ({
  kind: 'if',
  type: yes.type as T,
  condition: operandOf('conditional', 0, 'i32', condition),
  yes: [yes],
  no: [operandOf('conditional', 2, yes.type, no)],
})

/** One value or the other, both computed. */
export const select = <T extends ValueType>(
  condition: Operand<'i32'>,
  yes: Code<T>,
  no: Code<NoInfer<T>>,
): Apply<T> => ({
  kind: 'apply',
  type: yes.type as T,
  instruction: typed('select', 0x1b, [yes.type, yes.type, 'i32'], yes.type),
  operands: [yes, operandOf('select', 2, yes.type, no), operandOf('select', 0, 'i32', condition)],
  immediates: {},
})

/** Computes a value for what else that does. */
export const drop = (value: Code<ValueType>): Apply<'none'> => ({
  kind: 'apply',
  type: 'none',
  instruction: typed('drop', 0x1a, [value.type], 'none'),
  operands: [value],
  immediates: {},
})

/** Ends the function, with its result if it has one. */
export const leave = (value?: Code<ValueType>): Leave<'none'> => ({
  kind: 'leave',
  type: 'none',
  ...(value && { value }),
})

/** Traps: for what cannot happen. */
export const unreachable: Apply<'none'> = {
  kind: 'apply',
  type: 'none',
  instruction: { name: 'unreachable', opcode: [0x00], operands: [], result: 'none', immediate: 'none', alignment: 0 },
  operands: [],
  immediates: {},
}

const typed = (
  name: string,
  opcode: number,
  operands: readonly ValueType[],
  result: ValueType | 'none',
): Instruction => ({ name, opcode: [opcode], operands, result, immediate: 'none', alignment: 0 })
