import { encode } from './assembler/encodeModule.ts'
import type { Kernel, Launch } from './kernels/kernel.ts'
import type { EngineMemory } from './memory.ts'
import type { WebAssemblyPlatform } from './platform.ts'

/** A launch ready to run on a tile. */
export type Run = (lanes: number) => void

/** Compiles each kernel of the launches once, as one module over the engine's memory, and binds every launch to its operands. */
export const instantiate = (
  launches: readonly Launch[],
  memory: EngineMemory,
  platform: WebAssemblyPlatform,
): readonly Run[] => {
  const kernels = new Map<string, Kernel>(launches.map(({ kernel }) => [kernel.key, kernel]))
  if (kernels.size === 0) return []
  const names = new Map([...kernels.keys()].map((key, i) => [key, `k${i}`]))
  const bytes = encode({
    memory: { minimum: 1, from: { module: 'engine', field: 'memory' } },
    exports: Object.fromEntries([...kernels].map(([key, kernel]) => [names.get(key)!, kernel.build()])),
  })
  const { exports } = new platform.Instance(new platform.Module(bytes), { engine: { memory: memory.memory } })
  return launches.map(({ kernel, operands }) => {
    const run = exports[names.get(kernel.key)!] as (...operands: readonly number[]) => void
    const place = operands.indexOf('lanes')
    if (place < 0) return bound(run, operands as readonly number[])
    const given = operands.map((operand) => (operand === 'lanes' ? 0 : operand))
    return (lanes) => {
      given[place] = lanes
      run(...given)
    }
  })
}

/** A call with constant operands. */
const bound =
  (run: (...operands: readonly number[]) => void, operands: readonly number[]): Run =>
  () =>
    run(...operands)
