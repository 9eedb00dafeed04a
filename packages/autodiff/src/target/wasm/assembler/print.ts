import { type Apply, type Code, operandsOf, type Result } from './code.ts'
import { type Func, isImported, type Signature } from './function.ts'
import { repeated } from './sharing.ts'

/**
 * A function as text, close to the specification's: one line a statement, operands in brackets after their
 * instruction, bodies indented. What is computed once and used again in a statement is named `%1`, `%2`, ….
 */
export const print = (f: Func<Signature, Result>): string => {
  const parameters = f.locals.map((local) => ` (param $${local.name} ${local.type})`).join('')
  const result = f.result === 'none' ? '' : ` (result ${f.result})`
  const head = `func $${f.name}${parameters}${result}`
  if (isImported(f)) return `${head} import "${f.body.module}" "${f.body.field}"`
  return [head, ...indented(f.body as readonly Code[])].join('\n')
}

const indented = (body: readonly Code[]): readonly string[] => body.flatMap(printWhole).map((line) => `  ${line}`)

/** The lines of a statement: those of the bodies within it follow its own. */
const printWhole = (whole: Code): readonly string[] => {
  const shared = repeated(whole)
  const names = new Map<Code, string>()
  const bodies: string[] = []
  const text = (code: Code): string => {
    const known = names.get(code)
    if (known !== undefined) return known
    const printed = own(code)
    if (!shared.has(code)) return printed
    const name = `%${names.size + 1}`
    names.set(code, name)
    return `${name}=${printed}`
  }
  const own = (code: Code): string => {
    const operands = operandsOf(code).map((operand) => ` ${text(operand)}`)
    bodies.push(...bodiesOf(code))
    return bracketed(`${head(code)}${operands.join('')}`)
  }
  return [text(whole), ...bodies]
}

/** Without its own brackets where it is a single word. */
const bracketed = (text: string): string => (text.includes(' ') ? `(${text})` : text)

const head = (code: Code): string => {
  switch (code.kind) {
    case 'apply':
      return `${code.instruction.name}${immediates(code)}`
    case 'local':
    case 'global':
      return `$${code.name}`
    case 'assign':
      return `local.${code.type === 'none' ? 'set' : 'tee'} $${code.local.name}`
    case 'assignGlobal':
      return `global.set $${code.global.name}`
    case 'call':
      return `call $${code.callee.name}`
    case 'callIndirect':
      return `call_indirect ${code.signature.parameters}->${code.signature.result}`
    case 'sequence':
      return 'sequence'
    case 'if':
      return 'if'
    case 'block':
      return `${code.construct} @${code.label.name}`
    case 'branch':
      return `${code.condition ? 'br_if' : 'br'} @${code.label.name}`
    case 'leave':
      return 'return'
  }
}

const bodiesOf = (code: Code): readonly string[] => {
  switch (code.kind) {
    case 'block':
      return indented(code.body)
    case 'sequence':
      return indented([...code.body, code.value])
    case 'if':
      return code.no.length ? [...indented(code.yes), 'else', ...indented(code.no)] : indented(code.yes)
    case 'apply':
    case 'local':
    case 'global':
    case 'assign':
    case 'assignGlobal':
    case 'call':
    case 'callIndirect':
    case 'branch':
    case 'leave':
      return []
  }
}

const immediates = ({ type, immediates: given }: Apply<Result>): string => {
  const offset = given.offset ? ` offset=${given.offset}` : ''
  const lane = given.lane === undefined ? '' : ` ${given.lane}`
  const lanes = given.lanes ? ` ${given.lanes.join(' ')}` : ''
  const literal = given.literal === undefined ? '' : ` ${printLiteral(type, given.literal)}`
  return `${offset}${lane}${lanes}${literal}`
}

/** A vector's four 32-bit lanes in hexadecimal: what they mean is the business of whoever reads them. */
const printLiteral = (type: Result, literal: number | bigint | Uint8Array): string => {
  if (!(literal instanceof Uint8Array)) return Object.is(literal, -0) ? '-0' : String(literal)
  const words = new Uint32Array(literal.slice().buffer)
  const same = words.every((word) => word === words[0])
  return (type === 'v128' && same ? [words[0]!] : [...words]).map((word) => `0x${word.toString(16)}`).join(' ')
}
