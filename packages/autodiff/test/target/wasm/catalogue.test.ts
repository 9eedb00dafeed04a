import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openWasm } from '../../../src/target/wasm/engine.ts'
import { list } from '../../catalogue/case.ts'
import { catalogue } from '../../catalogue/catalogue.ts'
import { signatureOf } from '../conformance.ts'

/** What has no kernel yet, by what `explain` calls it. */
const ON_THE_HOST: readonly string[] = ['contract', 'elementwise']

describe('operations of the public surface', () => {
  const engine = openWasm({ threads: 1 })
  test.each(catalogue.map(({ name, instance }) => [name, instance] as const))(
    'run as compiled code: %s',
    (_, instance) =>
      fc.assert(
        fc.property(instance, ({ inputs, graph }) => {
          const program = engine.compileSync((x: ReturnType<typeof signatureOf>) => list(graph(x)), signatureOf(inputs))
          const host = /on the host: (.*)/.exec(program.explain())![1]!
          program.dispose()
          for (const operation of host.split('; '))
            expect(['nothing', ...ON_THE_HOST]).toContain(operation.split(' ')[0])
        }),
        { numRuns: 10 },
      ),
  )
})
