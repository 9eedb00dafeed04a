import { mistake } from '../../../error.ts'
import type { Block, Body, Code, Local, Statement } from './code.ts'
import { block, branchIf, loop } from './control.ts'
import { type Operand, operandOf } from './instruction.ts'
import { i32 } from './instructions/i32.ts'
import { set, tee } from './variables.ts'

export interface Range {
  /** 0 when left out. */
  readonly from?: Operand<'i32'>
  /** Compared as signed, and evaluated before every turn. */
  readonly below: Operand<'i32'>
  /** 1 when left out; a positive constant. */
  readonly step?: number
}

/**
 * The body for `i = from, from + step, …` while `i < below`. The test stands at the end, with one branch a turn; where
 * both bounds are constants the loop does not ask first whether there is a turn at all.
 */
export const forEach = (i: Local<'i32'>, { from = 0, below, step = 1 }: Range, body: Body): Body => {
  if (!(Number.isInteger(step) && step > 0))
    mistake(`forEach '${i.name}': expected a positive integer step, got ${step}.`)
  const end = operandOf('forEach', 0, 'i32', below)
  const turns: Block<'none'> = loop((again) => [body, branchIf(again, i32.ltS(tee(i, i32.add(i, step)), end))], i.name)
  const start: Statement = set(i, from)
  if (typeof from === 'number' && typeof below === 'number') return from < below ? [start, turns] : [start]
  return [start, block((none) => [branchIf(none, i32.geS(i, end)), turns])]
}

/** The body while the condition holds. */
export const repeatWhile = (condition: Code<'i32'>, body: Body): Statement =>
  block((end) => [branchIf(end, i32.eqz(condition)), loop((again) => [body, branchIf(again, condition)])])
