import { threefry2x32 } from '@diffeo/autodiff'

/** 0 … count - 1 in an order that the seed alone decides (Fisher and Yates, from the last place down). */
export const shuffled = (seed: number, count: number): readonly number[] => {
  const places = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const [word] = threefry2x32([seed, 0], [i, 0])
    const j = Math.floor((word / 2 ** 32) * (i + 1))
    ;[places[i], places[j]] = [places[j]!, places[i]!]
  }
  return places
}
