import type { Case } from './case.ts'
import { contract } from './contract.ts'
import { control } from './control.ts'
import { elementwise } from './elementwise.ts'
import { gather } from './gather.ts'
import { lanes } from './lanes.ts'
import { random } from './random.ts'
import { reduce } from './reduce.ts'
import { shaping } from './shaping.ts'
import { solving } from './solving.ts'

/** Every operation of the public surface. What all targets must agree on, and what derivatives must be right for. */
export const catalogue: readonly Case[] = [
  ...elementwise,
  ...shaping,
  ...reduce,
  ...contract,
  ...gather,
  ...lanes,
  ...control,
  ...random,
  ...solving,
]
