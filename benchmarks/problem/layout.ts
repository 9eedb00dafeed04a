import { groupsOf, type Model } from './model.ts'

/** A dense layer of a conditioner: `[out, in]`, and which of its weights count, where not all do. */
export interface Dense {
  readonly out: number
  readonly in: number
  readonly mask: Float32Array<ArrayBuffer> | undefined
}

/**
 * The conditioner of every layer of a model; all have the same sizes. Parameters lie one after another: layer by layer,
 * dense layer by dense layer, weight `[out, in]` before bias `[out]`.
 */
export const conditionerOf = (model: Model): readonly Dense[] => {
  const perCoordinate = groupsOf(model).reduce((total, n) => total + n, 0)
  if (model.kind !== 'maf') {
    const kept = model.dim / 2
    const widths = [kept, ...model.hidden, kept * perCoordinate]
    return widths.slice(1).map((out, i) => ({ out, in: widths[i]!, mask: undefined }))
  }
  // Degrees as in Germain et al. 2015, hidden units sorted by them; the last coordinate is seen by none, so it is left out.
  const top = model.dim - 1
  const degrees = [
    Array.from({ length: top }, (_, i) => i + 1),
    ...model.hidden.map((width) => Array.from({ length: width }, (_, i) => 1 + (i % top)).sort((a, b) => a - b)),
    Array.from({ length: model.dim * perCoordinate }, (_, i) => Math.floor(i / perCoordinate)),
  ]
  return degrees.slice(1).map((rows, i) => {
    const columns = degrees[i]!
    const mask = new Float32Array(rows.length * columns.length)
    rows.forEach((row, r) => columns.forEach((column, c) => (mask[r * columns.length + c] = column <= row ? 1 : 0)))
    return { out: rows.length, in: columns.length, mask }
  })
}

export const sizeOf = (model: Model): number =>
  model.layers * conditionerOf(model).reduce((total, dense) => total + dense.out * (dense.in + 1), 0)

/**
 * In the library's own form the numbers of one coordinate lie together and couplings take every other column. Peers get
 * what is quickest for arrays of rows: groups of numbers together (all shifts, then all log-scales), even columns before
 * odd ones, so that every part is a contiguous slice. The same function, in another order of rows and columns.
 */
export interface Order {
  /** Own position of each position of the peers, among the rows of the last dense layer. */
  readonly outputs: readonly number[]
  /** The same among the columns of a point. */
  readonly columns: readonly number[]
}

export const orderForPeers = (model: Model): Order => {
  const groups = groupsOf(model)
  const perCoordinate = groups.reduce((total, n) => total + n, 0)
  const moved = model.kind === 'maf' ? model.dim : model.dim / 2
  const starts = groups.map((_, g) => groups.slice(0, g).reduce((total, n) => total + n, 0))
  const outputs = groups.flatMap((size, g) =>
    Array.from({ length: moved * size }, (_, i) => Math.floor(i / size) * perCoordinate + starts[g]! + (i % size)),
  )
  const all = Array.from({ length: model.dim }, (_, i) => i)
  const columns = model.kind === 'maf' ? all : [...all.filter((i) => i % 2 === 0), ...all.filter((i) => i % 2 === 1)]
  return { outputs, columns }
}

/** The conditioner as peers hold it: the rows of its last mask are in their order. */
export const conditionerForPeers = (model: Model): readonly Dense[] => {
  const { outputs } = orderForPeers(model)
  return conditionerOf(model).map((dense, i, all) =>
    dense.mask && i === all.length - 1
      ? {
          ...dense,
          mask: dense.mask.map(
            (_, at) => dense.mask![outputs[Math.floor(at / dense.in)]! * dense.in + (at % dense.in)]!,
          ),
        }
      : dense,
  )
}

/** Parameters, or anything that lies like them, in the order for peers. */
export const parametersForPeers = (model: Model, own: Float32Array): Float32Array => {
  const { outputs } = orderForPeers(model)
  const conditioner = conditionerOf(model)
  const peer = own.slice()
  let at = 0
  for (let layer = 0; layer < model.layers; layer++)
    conditioner.forEach((dense, i) => {
      const bias = at + dense.out * dense.in
      if (i === conditioner.length - 1)
        outputs.forEach((from, to) => {
          peer.set(own.subarray(at + from * dense.in, at + (from + 1) * dense.in), at + to * dense.in)
          peer[bias + to] = own[bias + from]!
        })
      at = bias + dense.out
    })
  return peer
}

/** Row-major points in the order of columns for peers. */
export const pointsForPeers = (model: Model, own: Float32Array): Float32Array => {
  const { columns } = orderForPeers(model)
  return Float32Array.from(own, (_, i) => own[i - (i % model.dim) + columns[i % model.dim]!]!)
}
