import { circles, fourCircles, rings } from './blurredCircles.ts'
import { checkerboard } from './checkerboard.ts'
import type { Toy } from './density.ts'
import { diamond } from './diamond.ts'
import { eightGaussians } from './eightGaussians.ts'
import { moons } from './moons.ts'
import { pinwheel } from './pinwheel.ts'
import { abs, crescent, crescentCubed, sign, sine } from './ridges.ts'
import { swissRoll } from './swissRoll.ts'
import { twoSpirals } from './twoSpirals.ts'

/** Every toy density; their names are all different. */
export const toys: readonly Toy[] = [
  checkerboard,
  eightGaussians,
  moons,
  circles,
  rings,
  swissRoll,
  twoSpirals,
  pinwheel,
  fourCircles,
  diamond,
  crescent,
  crescentCubed,
  sine,
  abs,
  sign,
]
