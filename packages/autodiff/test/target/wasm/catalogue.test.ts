import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openWasm } from '../../../src/target/wasm/engine.ts'
import { list } from '../../catalogue/case.ts'
import { catalogue } from '../../catalogue/catalogue.ts'
import { signatureOf } from '../conformance.ts'

describe('operations of the public surface', () => {
  const engine = openWasm({ threads: 1 })
  test.each(catalogue.map(({ name, instance }) => [name, instance] as const))(
    'run as compiled code: %s',
    (_, instance) =>
      fc.assert(
        fc.property(instance, ({ inputs, graph }) => {
          const program = engine.compileSync((x: ReturnType<typeof signatureOf>) => list(graph(x)), signatureOf(inputs))
          const explained = program.explain()
          program.dispose()
          expect(explained).toContain('on the host: nothing')
        }),
        { numRuns: 10 },
      ),
  )
})
