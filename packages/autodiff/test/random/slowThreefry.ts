type Pair = readonly [number, number]

/** Independent of the source: arbitrary-precision arithmetic, the rounds as the paper's table and text state them. */
export const slowThreefry = (key: Pair, counter: Pair): Pair => {
  const low = (n: bigint): bigint => BigInt.asUintN(32, n)
  const ks = [BigInt(key[0]), BigInt(key[1]), BigInt(key[0]) ^ BigInt(key[1]) ^ 0x1bd11bdan]
  const rotations = [13n, 15n, 26n, 6n, 17n, 29n, 16n, 24n]
  let x = low(BigInt(counter[0]) + ks[0]!)
  let y = low(BigInt(counter[1]) + ks[1]!)
  for (let round = 0; round < 20; round++) {
    x = low(x + y)
    const by = rotations[round % 8]!
    y = low(y << by) | (y >> (32n - by))
    y ^= x
    if (round % 4 === 3) {
      const s = (round + 1) / 4
      x = low(x + ks[s % 3]!)
      y = low(y + ks[(s + 1) % 3]! + BigInt(s))
    }
  }
  return [Number(x), Number(y)]
}
