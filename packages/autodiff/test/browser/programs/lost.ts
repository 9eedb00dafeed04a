import { example, lanes } from '../../../src/index.ts'
import { openWasm } from '../../../src/target/wasm/engine.ts'

interface Scope {
  Worker: new (file: unknown, options: object) => object
}

/** What is said where the file that threads run is not served. */
const lose = async (): Promise<string> => {
  const scope = globalThis as unknown as Scope
  const { Worker } = scope
  scope.Worker = class extends Worker {
    constructor(_: unknown, options: object) {
      super('/nowhere.js', options)
    }
  }
  const engine = openWasm({ threads: 3 })
  try {
    await engine.compile(({ x }) => lanes.sum(x), { x: example([]) })
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  } finally {
    engine.dispose()
  }
}
export default lose
