import { mistake } from '../../../error.ts'
import { type Bytes, bytes } from './bytes.ts'
import type { Apply, Code, Global, Label, Result, ValueType } from './code.ts'
import { operandsOf } from './code.ts'
import type { Constants } from './constants.ts'
import type { Func, FunctionType, Signature } from './function.ts'
import { v128 } from './instructions/v128.ts'
import { repeated } from './sharing.ts'
import { slots } from './slots.ts'

/** The numbers that a module has for what its functions refer to. */
export interface Numbering {
  readonly ofFunction: (f: AnyFunction) => number
  readonly ofGlobal: (global: Global<ValueType>) => number
  readonly ofType: (type: FunctionType) => number
  readonly ofConstant: Constants['place']
}
export type AnyFunction = Func<Signature, Result>

export const TYPE_CODES: Readonly<Record<Result, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  none: 0x40,
}
const BLOCK = 0x02
const LOOP = 0x03
const IF = 0x04
const ELSE = 0x05
export const END = 0x0b
const BRANCH = 0x0c
const BRANCH_IF = 0x0d
const RETURN = 0x0f
const CALL = 0x10
const CALL_INDIRECT = 0x11
const LOCAL_GET = 0x20
const LOCAL_SET = 0x21
const LOCAL_TEE = 0x22
const GLOBAL_GET = 0x23
const GLOBAL_SET = 0x24

/** `i32.const 0`. */
const ADDRESS_ZERO = [0x41, 0]
const constantLoad = { 4: v128.load32Splat, 8: v128.load64Splat, 16: v128.load }

/** A function's entry in the code section: its locals, then its instructions. */
export const encodeFunction = (f: AnyFunction, body: readonly Code[], numbering: Numbering): Uint8Array => {
  const out = bytes()
  const places = slots(f.name, f.locals)
  /** The labels around, `null` for an `if`: a branch counts outwards from the innermost. */
  const around: (Label | null)[] = []

  /** A statement, or the value at the end of a body: the widest piece in which a repeated node is computed once. */
  const encodeWhole = (whole: Code): void => {
    const uses = repeated(whole)
    const encode = (code: Code): void => {
      const left = uses.get(code)
      const held = places.held(code)
      if (left === undefined || held === undefined) compute(code, encode)
      if (left === undefined) return
      if (held === undefined) access(LOCAL_TEE, places.hold(code, code.type as ValueType))
      else access(LOCAL_GET, held)
      uses.set(code, left - 1)
      if (left === 1) places.release(code)
    }
    encode(whole)
  }
  const encodeBody = (body: readonly Code[], label: Label | null): void => {
    around.push(label)
    body.forEach(encodeWhole)
    around.pop()
  }
  const access = (opcode: number, number: number): void => {
    out.byte(opcode)
    out.unsigned(number)
  }

  const encodeVector = (code: Apply<Result>, literal: Uint8Array): void => {
    const place = numbering.ofConstant(literal)
    if (place === null) {
      out.raw(code.instruction.opcode)
      out.raw(literal)
      return
    }
    const load = constantLoad[place.width].instruction
    out.raw(ADDRESS_ZERO)
    out.raw(load.opcode)
    out.unsigned(load.alignment)
    out.unsigned(place.at)
  }

  const compute = (code: Code, encode: (operand: Code) => void): void => {
    for (const operand of operandsOf(code)) encode(operand)
    switch (code.kind) {
      case 'apply':
        if (code.immediates.literal instanceof Uint8Array) encodeVector(code, code.immediates.literal)
        else {
          out.raw(code.instruction.opcode)
          encodeImmediates(code, out)
        }
        break
      case 'local':
        access(LOCAL_GET, places.of(code))
        break
      case 'assign':
        access(code.type === 'none' ? LOCAL_SET : LOCAL_TEE, places.of(code.local))
        break
      case 'global':
        access(GLOBAL_GET, numbering.ofGlobal(code))
        break
      case 'assignGlobal':
        access(GLOBAL_SET, numbering.ofGlobal(code.global))
        break
      case 'call':
        access(CALL, numbering.ofFunction(code.callee))
        break
      case 'callIndirect':
        access(CALL_INDIRECT, numbering.ofType(code.signature))
        out.byte(0)
        break
      case 'sequence': {
        for (const local of code.locals) places.hold(local, local.type)
        code.body.forEach(encodeWhole)
        encodeWhole(code.value)
        for (const local of code.locals) places.release(local)
        break
      }
      case 'if': {
        out.byte(IF)
        out.byte(TYPE_CODES[code.type])
        encodeBody(code.yes, null)
        if (code.no.length > 0) {
          out.byte(ELSE)
          encodeBody(code.no, null)
        }
        out.byte(END)
        break
      }
      case 'block':
        out.byte(code.construct === 'loop' ? LOOP : BLOCK)
        out.byte(TYPE_CODES.none)
        encodeBody(code.body, code.label)
        out.byte(END)
        break
      case 'branch': {
        const at = around.lastIndexOf(code.label)
        if (at < 0) mistake(`${f.name}: branches to '${code.label.name}' from outside of it.`)
        access(code.condition ? BRANCH_IF : BRANCH, around.length - 1 - at)
        break
      }
      case 'leave':
        if ((code.value?.type ?? 'none') !== f.result)
          mistake(`${f.name}: expected to leave with ${f.result}, got ${code.value?.type ?? 'none'}.`)
        out.byte(RETURN)
        break
    }
  }

  body.forEach(encodeWhole)
  out.byte(END)
  const entry = bytes()
  encodeLocals(entry, places.types())
  entry.raw(out.done())
  return entry.done()
}

/** Runs of one type, each as its length and the type. */
const encodeLocals = (out: Bytes, types: readonly ValueType[]): void => {
  const runs: { type: ValueType; length: number }[] = []
  for (const type of types) {
    const last = runs.at(-1)
    if (last?.type === type) last.length++
    else runs.push({ type, length: 1 })
  }
  out.unsigned(runs.length)
  for (const { type, length } of runs) {
    out.unsigned(length)
    out.byte(TYPE_CODES[type])
  }
}

const encodeImmediates = ({ type, instruction, immediates }: Apply<Result>, out: Bytes): void => {
  switch (instruction.immediate) {
    case 'none':
      break
    case 'memory':
    case 'memoryLane':
      out.unsigned(instruction.alignment)
      out.unsigned(immediates.offset!)
      if (instruction.immediate === 'memoryLane') out.byte(immediates.lane!)
      break
    case 'lane':
      out.byte(immediates.lane!)
      break
    case 'shuffle':
      out.raw(immediates.lanes!)
      break
    case 'literal':
      encodeLiteral(type as ValueType, immediates.literal!, out)
  }
}

export const encodeLiteral = (type: ValueType, literal: number | bigint | Uint8Array, out: Bytes): void => {
  switch (type) {
    case 'i32':
    case 'i64':
      out.signed(literal as number | bigint)
      break
    case 'f32':
      out.raw(new Uint8Array(new Float32Array([literal as number]).buffer))
      break
    case 'f64':
      out.raw(new Uint8Array(new Float64Array([literal as number]).buffer))
      break
    case 'v128':
      out.raw(literal as Uint8Array)
      break
  }
}
