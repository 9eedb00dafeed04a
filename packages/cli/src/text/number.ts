/** A number of nats as people compare them: three digits after the point, and a word where there is none. */
export const nats = (x: number): string => (Number.isFinite(x) ? fixed(x, 3) : String(x).replace('Infinity', '∞'))

/** `digits` after the point; never `-0.000`. */
export const fixed = (x: number, digits: number): string => x.toFixed(digits).replace(/^-(0(\.0*)?)$/, '$1')

/** `17,898`. */
export const count = (n: number): string => n.toLocaleString('en-US')

/** `1 row`, `17,898 rows`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

/** A few significant digits, exponents where they are shorter: `2.1e-12`, `0.0312`. */
export const short = (x: number, digits = 3): string => String(Number(x.toPrecision(digits)))

/** `48 s`, `3 min 20 s`. */
export const duration = (seconds: number): string => {
  if (seconds < 9.95 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}
