import { extended, family, row, rowWith, thread } from '../instruction.ts'

/** Memory as a whole, and waiting on it. */
export const memory = {
  ...family('memory', {
    /** In pages of 64 KiB. */
    size: row([0x3f, 0], [], 'i32'),
    /** Adds pages; gives the number before, or -1. */
    grow: row([0x40, 0], ['i32'], 'i32'),
    /** To, from, number of bytes; they may overlap. */
    copy: row([...extended(10), 0, 0], ['i32', 'i32', 'i32'], 'none'),
    /** Address, byte, number of bytes. */
    fill: row([...extended(11), 0], ['i32', 'i32', 'i32'], 'none'),
  }),
  atomic: family('memory.atomic', {
    /** Address, how many to wake; gives how many were woken. */
    notify: rowWith('memory', thread(0), ['i32', 'i32'], 'i32', 4),
    /** Address, the value expected there, nanoseconds (negative: for ever); gives 0 if woken, 1 if the value was another, 2 if time ran out. */
    wait32: rowWith('memory', thread(1), ['i32', 'i32', 'i64'], 'i32', 4),
    wait64: rowWith('memory', thread(2), ['i32', 'i64', 'i64'], 'i32', 8),
  }),
}

/** Orders all that stands before it, in memory, before all that stands after it. */
export const { fence } = family('atomic', { fence: row([...thread(3), 0], [], 'none') })
