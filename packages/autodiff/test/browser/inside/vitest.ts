// As much of vitest as tests need that also run inside a browser, where no test runner is.
import { expect } from 'vitest'

export { expect }

type Run = () => unknown

interface Group {
  readonly name: string
  readonly before: Run[]
  readonly after: Run[]
  readonly members: (Group | { readonly name: string; readonly run: Run | undefined })[]
}

const groupOf = (name: string): Group => ({ name, before: [], after: [], members: [] })
let open = groupOf('')

export const describe = (name: string, define: Run): void => {
  const outer = open
  open = groupOf(name)
  outer.members.push(open)
  define()
  open = outer
}
const add = (name: string, run: Run | undefined): void => {
  open.members.push({ name, run })
}
export const test = Object.assign((name: string, run: Run): void => add(name, run), {
  skip: (name: string): void => add(name, undefined),
})
export const beforeAll = (run: Run): void => {
  open.before.push(run)
}
export const afterAll = (run: Run): void => {
  open.after.push(run)
}

export interface Outcome {
  readonly passed: number
  readonly skipped: number
  /** Of tests that failed, their names and what they said. */
  readonly failures: readonly string[]
}

/** Runs the tests that are defined, one after the other. */
export const outcomeOf = async (define: Run): Promise<Outcome> => {
  open = groupOf('')
  define()
  let passed = 0
  let skipped = 0
  const failures: string[] = []
  const runGroup = async (group: Group, path: string): Promise<void> => {
    for (const run of group.before) await run()
    for (const member of group.members) {
      const name = `${path}${member.name}`
      if ('members' in member) await runGroup(member, `${name} > `)
      else if (!member.run) skipped++
      else
        try {
          await member.run()
          passed++
        } catch (error) {
          failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
        }
    }
    for (const run of group.after) await run()
  }
  await runGroup(open, '')
  return { passed, skipped, failures }
}
