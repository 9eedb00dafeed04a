import { constantOf, extended, family, row, rowWith, thread } from '../instruction.ts'

const UNARY = ['i64'] as const
const BINARY = ['i64', 'i64'] as const
const LOAD = ['i32'] as const
const STORE = ['i32', 'i64'] as const

/** 64-bit integers; literals are bigints. */
export const i64 = {
  const: (value: bigint) => constantOf('i64', value),
  ...family('i64', {
    eqz: row([0x50], UNARY, 'i32'),
    eq: row([0x51], BINARY, 'i32'),
    ne: row([0x52], BINARY, 'i32'),
    ltS: row([0x53], BINARY, 'i32'),
    ltU: row([0x54], BINARY, 'i32'),
    gtS: row([0x55], BINARY, 'i32'),
    gtU: row([0x56], BINARY, 'i32'),
    leS: row([0x57], BINARY, 'i32'),
    leU: row([0x58], BINARY, 'i32'),
    geS: row([0x59], BINARY, 'i32'),
    geU: row([0x5a], BINARY, 'i32'),
    clz: row([0x79], UNARY, 'i64'),
    ctz: row([0x7a], UNARY, 'i64'),
    popcnt: row([0x7b], UNARY, 'i64'),
    add: row([0x7c], BINARY, 'i64'),
    sub: row([0x7d], BINARY, 'i64'),
    mul: row([0x7e], BINARY, 'i64'),
    divS: row([0x7f], BINARY, 'i64'),
    divU: row([0x80], BINARY, 'i64'),
    remS: row([0x81], BINARY, 'i64'),
    remU: row([0x82], BINARY, 'i64'),
    and: row([0x83], BINARY, 'i64'),
    or: row([0x84], BINARY, 'i64'),
    xor: row([0x85], BINARY, 'i64'),
    shl: row([0x86], BINARY, 'i64'),
    shrS: row([0x87], BINARY, 'i64'),
    shrU: row([0x88], BINARY, 'i64'),
    rotl: row([0x89], BINARY, 'i64'),
    rotr: row([0x8a], BINARY, 'i64'),
    extendI32S: row([0xac], ['i32'], 'i64'),
    extendI32U: row([0xad], ['i32'], 'i64'),
    truncF32S: row([0xae], ['f32'], 'i64'),
    truncF32U: row([0xaf], ['f32'], 'i64'),
    truncF64S: row([0xb0], ['f64'], 'i64'),
    truncF64U: row([0xb1], ['f64'], 'i64'),
    truncSatF32S: row(extended(4), ['f32'], 'i64'),
    truncSatF32U: row(extended(5), ['f32'], 'i64'),
    truncSatF64S: row(extended(6), ['f64'], 'i64'),
    truncSatF64U: row(extended(7), ['f64'], 'i64'),
    reinterpretF64: row([0xbd], ['f64'], 'i64'),
    extend8S: row([0xc2], UNARY, 'i64'),
    extend16S: row([0xc3], UNARY, 'i64'),
    extend32S: row([0xc4], UNARY, 'i64'),
    load: rowWith('memory', [0x29], LOAD, 'i64', 8),
    load8S: rowWith('memory', [0x30], LOAD, 'i64', 1),
    load8U: rowWith('memory', [0x31], LOAD, 'i64', 1),
    load16S: rowWith('memory', [0x32], LOAD, 'i64', 2),
    load16U: rowWith('memory', [0x33], LOAD, 'i64', 2),
    load32S: rowWith('memory', [0x34], LOAD, 'i64', 4),
    load32U: rowWith('memory', [0x35], LOAD, 'i64', 4),
    store: rowWith('memory', [0x37], STORE, 'none', 8),
    store8: rowWith('memory', [0x3c], STORE, 'none', 1),
    store16: rowWith('memory', [0x3d], STORE, 'none', 2),
    store32: rowWith('memory', [0x3e], STORE, 'none', 4),
  }),
  /** Sequentially consistent; addresses must be multiples of 8. */
  atomic: {
    ...family('i64.atomic', {
      load: rowWith('memory', thread(0x11), LOAD, 'i64', 8),
      store: rowWith('memory', thread(0x18), STORE, 'none', 8),
    }),
    /** Read, modify, write: each gives what was there before. */
    rmw: family('i64.atomic.rmw', {
      add: rowWith('memory', thread(0x1f), STORE, 'i64', 8),
      sub: rowWith('memory', thread(0x26), STORE, 'i64', 8),
      and: rowWith('memory', thread(0x2d), STORE, 'i64', 8),
      or: rowWith('memory', thread(0x34), STORE, 'i64', 8),
      xor: rowWith('memory', thread(0x3b), STORE, 'i64', 8),
      xchg: rowWith('memory', thread(0x42), STORE, 'i64', 8),
      /** Address, expected, replacement. */
      cmpxchg: rowWith('memory', thread(0x49), ['i32', 'i64', 'i64'], 'i64', 8),
    }),
  },
}
