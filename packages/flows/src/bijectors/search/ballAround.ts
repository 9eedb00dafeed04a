import type { Region } from '../../bijector.ts'

/** Its middle, and how far a corner is from it; null where it has no ends. */
export const ballAround = ({
  lower,
  upper,
}: Region): { readonly centre: Float64Array; readonly radius: number } | null => {
  const centre = lower.map((low, i) => low / 2 + upper[i]! / 2)
  const radius = Math.hypot(...lower.map((low, i) => upper[i]! / 2 - low / 2))
  return Number.isFinite(radius) && centre.every(Number.isFinite) ? { centre, radius } : null
}
