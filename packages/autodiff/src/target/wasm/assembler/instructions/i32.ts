import { constantOf, extended, family, row, rowWith, thread } from '../instruction.ts'

const UNARY = ['i32'] as const
const BINARY = ['i32', 'i32'] as const

/** 32-bit integers, and addresses. Conditions are 1 and 0. */
export const i32 = {
  const: (value: number) => constantOf('i32', value),
  ...family('i32', {
    eqz: row([0x45], UNARY, 'i32'),
    eq: row([0x46], BINARY, 'i32'),
    ne: row([0x47], BINARY, 'i32'),
    ltS: row([0x48], BINARY, 'i32'),
    ltU: row([0x49], BINARY, 'i32'),
    gtS: row([0x4a], BINARY, 'i32'),
    gtU: row([0x4b], BINARY, 'i32'),
    leS: row([0x4c], BINARY, 'i32'),
    leU: row([0x4d], BINARY, 'i32'),
    geS: row([0x4e], BINARY, 'i32'),
    geU: row([0x4f], BINARY, 'i32'),
    clz: row([0x67], UNARY, 'i32'),
    ctz: row([0x68], UNARY, 'i32'),
    popcnt: row([0x69], UNARY, 'i32'),
    add: row([0x6a], BINARY, 'i32'),
    sub: row([0x6b], BINARY, 'i32'),
    mul: row([0x6c], BINARY, 'i32'),
    divS: row([0x6d], BINARY, 'i32'),
    divU: row([0x6e], BINARY, 'i32'),
    remS: row([0x6f], BINARY, 'i32'),
    remU: row([0x70], BINARY, 'i32'),
    and: row([0x71], BINARY, 'i32'),
    or: row([0x72], BINARY, 'i32'),
    xor: row([0x73], BINARY, 'i32'),
    shl: row([0x74], BINARY, 'i32'),
    shrS: row([0x75], BINARY, 'i32'),
    shrU: row([0x76], BINARY, 'i32'),
    rotl: row([0x77], BINARY, 'i32'),
    rotr: row([0x78], BINARY, 'i32'),
    wrapI64: row([0xa7], ['i64'], 'i32'),
    truncF32S: row([0xa8], ['f32'], 'i32'),
    truncF32U: row([0xa9], ['f32'], 'i32'),
    truncF64S: row([0xaa], ['f64'], 'i32'),
    truncF64U: row([0xab], ['f64'], 'i32'),
    truncSatF32S: row(extended(0), ['f32'], 'i32'),
    truncSatF32U: row(extended(1), ['f32'], 'i32'),
    truncSatF64S: row(extended(2), ['f64'], 'i32'),
    truncSatF64U: row(extended(3), ['f64'], 'i32'),
    reinterpretF32: row([0xbc], ['f32'], 'i32'),
    extend8S: row([0xc0], UNARY, 'i32'),
    extend16S: row([0xc1], UNARY, 'i32'),
    load: rowWith('memory', [0x28], UNARY, 'i32', 4),
    load8S: rowWith('memory', [0x2c], UNARY, 'i32', 1),
    load8U: rowWith('memory', [0x2d], UNARY, 'i32', 1),
    load16S: rowWith('memory', [0x2e], UNARY, 'i32', 2),
    load16U: rowWith('memory', [0x2f], UNARY, 'i32', 2),
    store: rowWith('memory', [0x36], BINARY, 'none', 4),
    store8: rowWith('memory', [0x3a], BINARY, 'none', 1),
    store16: rowWith('memory', [0x3b], BINARY, 'none', 2),
  }),
  /** Sequentially consistent; addresses must be multiples of 4. */
  atomic: {
    ...family('i32.atomic', {
      load: rowWith('memory', thread(0x10), UNARY, 'i32', 4),
      store: rowWith('memory', thread(0x17), BINARY, 'none', 4),
    }),
    /** Read, modify, write: each gives what was there before. */
    rmw: family('i32.atomic.rmw', {
      add: rowWith('memory', thread(0x1e), BINARY, 'i32', 4),
      sub: rowWith('memory', thread(0x25), BINARY, 'i32', 4),
      and: rowWith('memory', thread(0x2c), BINARY, 'i32', 4),
      or: rowWith('memory', thread(0x33), BINARY, 'i32', 4),
      xor: rowWith('memory', thread(0x3a), BINARY, 'i32', 4),
      xchg: rowWith('memory', thread(0x41), BINARY, 'i32', 4),
      /** Address, expected, replacement. */
      cmpxchg: rowWith('memory', thread(0x48), ['i32', 'i32', 'i32'], 'i32', 4),
    }),
  },
}
