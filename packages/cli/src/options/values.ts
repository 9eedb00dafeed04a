import { InvalidArgumentError } from 'commander'
import type { Condition } from '../job/condition.ts'
import type { SplitChoice } from '../job/split.ts'

/** What does not parse ends as one line that names the option and what was expected. */
const refuse = (expected: string): never => {
  throw new InvalidArgumentError(`Expected ${expected}.`)
}

const numberOf = (text: string): number =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN

/** A whole number from `least` on. */
export const whole =
  (least: number, what = `a whole number from ${least} on`) =>
  (text: string): number => {
    const n = numberOf(text)
    return Number.isSafeInteger(n) && n >= least ? n : refuse(what)
  }

/** Pieces of a spline: each takes a thousandth of its box at least. */
export const bins = (text: string): number => {
  const n = numberOf(text)
  return Number.isInteger(n) && n >= 2 && n < 1000 ? n : refuse('a whole number from 2 to 999')
}

/** A seed: any whole number that a 32-bit key takes. */
export const seed = (text: string): number => {
  const n = numberOf(text)
  return Number.isInteger(n) && n >= 0 && n < 2 ** 32 ? n : refuse('a whole number from 0 to 4294967295')
}

export const positive = (text: string): number => {
  const x = numberOf(text)
  return x > 0 && Number.isFinite(x) ? x : refuse('a number above 0')
}

/** Layer widths, `64,64`. */
export const widths = (text: string): readonly number[] =>
  text.split(',').map((part) => whole(1, 'widths from 1 on, such as 64,64')(part.trim()))

/** Column names, `ra,dec`; a name that holds a comma stands in double quotes. */
export const names = (text: string): readonly string[] => {
  const found = [...text.matchAll(/\s*(?:"([^"]*)"|([^,"]+?))\s*(?:,|$)/g)].map((m) => m[1] ?? m[2]!)
  const twice = found.find((name, i) => found.indexOf(name) !== i)
  if (twice !== undefined) return refuse(`every column once, found "${twice}" twice`)
  return found.length === 0 ? refuse('column names, such as ra,dec') : found
}

/** `column=value` or `column!=value`. */
export const condition = (text: string): Condition => {
  const parts = /^(.+?)(!?=)(.*)$/.exec(text)
  if (parts === null) return refuse('COLUMN=VALUE or COLUMN!=VALUE, such as target_class=not_pulsar')
  return { column: parts[1]!.trim(), equal: parts[2] === '=', value: parts[3]!.trim() }
}

/** `random`, `random:SEED`, `modulus` or `column:NAME`. */
export const split = (text: string): SplitChoice => {
  const [kind, rest] = [text.replace(/:.*$/s, ''), text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined]
  if (kind === 'random') return { kind, seed: rest === undefined ? 0 : seed(rest) }
  if (kind === 'modulus' && rest === undefined) return { kind }
  if (kind === 'column' && rest) return { kind, column: rest }
  return refuse('random, random:SEED, modulus or column:NAME')
}
