import { sizeOf } from '../../../shape.ts'
import type { Node } from '../../../tensor/tensor.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { memory } from '../assembler/instructions/memory.ts'
import { set } from '../assembler/variables.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { forLanes, laid } from './laid.ts'

/** Copies a value to where one lies that may vary where it does not. */
export const spreadLaunch = (x: Node, out: number, varies: boolean, at: Addresses): Launch => {
  const size = sizeOf(x.shape)
  return x.varies === varies
    ? { kernel: copy, operands: [out, at.readAt(x), size * laid(at.format, varies).bytes] }
    : { kernel: spread, operands: [out, at.readAt(x), size] }
}

const copy: Kernel = {
  key: 'copy a value',
  build: () =>
    func('copy', { out: 'i32', x: 'i32', bytes: 'i32' }, 'none', ({ out, x, bytes }) => memory.copy(out, x, bytes)),
}

const spread: Kernel = {
  key: 'spread over lanes',
  build: (format) =>
    func('spread', { out: 'i32', x: 'i32', size: 'i32' }, 'none', (p) => {
      const [out, x] = [laid(format, true), laid(format, false)]
      const [e, l] = integers('e', 'l')
      return forEach(e, { below: p.size }, [
        forLanes(format, true, l, out.store(p.out, l, x.load(p.x, l))),
        set(p.out, i32.add(p.out, out.bytes)),
        set(p.x, i32.add(p.x, x.bytes)),
      ])
    }),
}
