import { offsetsOf, type Shape, stridesOf } from '../shape.ts'
import type { ContractAttributes } from './contract.ts'
import type { Kernel } from './operation.ts'
import type { Node } from './tensor.ts'

// Every contraction is batch x rows x columns x terms: letters in all three, in a and out, in b and out, in a and b.
// Offsets of each kind are tabulated once; the loops differ only in how the operands lie along the lanes. Terms are
// added in index order in all of them.

export const contractKernel = (node: Node<ContractAttributes>): Kernel => {
  const layout = layoutOf(node)
  const [a, b] = node.inputs
  if (node.attributes.overLanes) return overLanes(layout, a!.varies, b!.varies)
  if (!node.varies) return (outs, xs) => perLane(layout, false, false, outs[0]!, xs[0]!, xs[1]!, 1)
  if (a!.varies && b!.varies) return (outs, xs, lanes) => perLane(layout, true, true, outs[0]!, xs[0]!, xs[1]!, lanes)
  const flipped = a!.varies
  const uniformFirst = flipped ? swapped(layout) : layout
  return (outs, xs, lanes) =>
    uniformByVarying(uniformFirst, outs[0]!, xs[flipped ? 1 : 0]!, xs[flipped ? 0 : 1]!, lanes)
}

interface Layout {
  readonly batch: { readonly a: Int32Array; readonly b: Int32Array; readonly out: Int32Array }
  readonly rows: { readonly a: Int32Array; readonly out: Int32Array }
  readonly columns: { readonly b: Int32Array; readonly out: Int32Array }
  readonly terms: { readonly a: Int32Array; readonly b: Int32Array }
}

const layoutOf = ({ attributes: { a, b, out }, inputs: [x, y], shape }: Node<ContractAttributes>): Layout => {
  const lengths = new Map(
    [...a].map((l, i) => [l, x!.shape[i]!] as const).concat([...b].map((l, i) => [l, y!.shape[i]!] as const)),
  )
  const offsets = (letters: readonly string[], term: string, of: Shape): Int32Array => {
    const strides = stridesOf(of)
    return offsetsOf(
      letters.map((l) => lengths.get(l)!),
      letters.map((l) => (term.includes(l) ? strides[term.indexOf(l)]! : 0)),
    )
  }
  const shared = [...out].filter((l) => a.includes(l) && b.includes(l))
  const rows = [...out].filter((l) => !b.includes(l))
  const columns = [...out].filter((l) => !a.includes(l))
  const terms = [...a].filter((l) => !out.includes(l))
  return {
    batch: { a: offsets(shared, a, x!.shape), b: offsets(shared, b, y!.shape), out: offsets(shared, out, shape) },
    rows: { a: offsets(rows, a, x!.shape), out: offsets(rows, out, shape) },
    columns: { b: offsets(columns, b, y!.shape), out: offsets(columns, out, shape) },
    terms: { a: offsets(terms, a, x!.shape), b: offsets(terms, b, y!.shape) },
  }
}

const swapped = ({ batch, rows, columns, terms }: Layout): Layout => ({
  batch: { a: batch.b, b: batch.a, out: batch.out },
  rows: { a: columns.b, out: columns.out },
  columns: { b: rows.a, out: rows.out },
  terms: { a: terms.b, b: terms.a },
})

/** a is one value for all lanes, b has one per lane: four rows by two lanes are kept in registers over the sum. */
const uniformByVarying = (layout: Layout, out: Float64Array, a: Float64Array, b: Float64Array, lanes: number): void => {
  const { batch, rows, columns, terms } = layout
  const ta = terms.a
  const tb = terms.b
  const count = ta.length
  const rowCount = rows.a.length
  for (let z = 0; z < batch.out.length; z++)
    for (let c = 0; c < columns.b.length; c++) {
      const bBase = (batch.b[z]! + columns.b[c]!) * lanes
      const outBase = batch.out[z]! + columns.out[c]!
      let r = 0
      for (; r + 4 <= rowCount; r += 4) {
        const a0 = batch.a[z]! + rows.a[r]!
        const a1 = batch.a[z]! + rows.a[r + 1]!
        const a2 = batch.a[z]! + rows.a[r + 2]!
        const a3 = batch.a[z]! + rows.a[r + 3]!
        const o0 = (outBase + rows.out[r]!) * lanes
        const o1 = (outBase + rows.out[r + 1]!) * lanes
        const o2 = (outBase + rows.out[r + 2]!) * lanes
        const o3 = (outBase + rows.out[r + 3]!) * lanes
        let l = 0
        for (; l + 2 <= lanes; l += 2) {
          let s00 = 0
          let s01 = 0
          let s10 = 0
          let s11 = 0
          let s20 = 0
          let s21 = 0
          let s30 = 0
          let s31 = 0
          for (let k = 0; k < count; k++) {
            const at = bBase + tb[k]! * lanes + l
            const b0 = b[at]!
            const b1 = b[at + 1]!
            const t = ta[k]!
            const w0 = a[a0 + t]!
            s00 += w0 * b0
            s01 += w0 * b1
            const w1 = a[a1 + t]!
            s10 += w1 * b0
            s11 += w1 * b1
            const w2 = a[a2 + t]!
            s20 += w2 * b0
            s21 += w2 * b1
            const w3 = a[a3 + t]!
            s30 += w3 * b0
            s31 += w3 * b1
          }
          out[o0 + l] = s00
          out[o0 + l + 1] = s01
          out[o1 + l] = s10
          out[o1 + l + 1] = s11
          out[o2 + l] = s20
          out[o2 + l + 1] = s21
          out[o3 + l] = s30
          out[o3 + l + 1] = s31
        }
        for (; l < lanes; l++) {
          let s0 = 0
          let s1 = 0
          let s2 = 0
          let s3 = 0
          for (let k = 0; k < count; k++) {
            const x = b[bBase + tb[k]! * lanes + l]!
            const t = ta[k]!
            s0 += a[a0 + t]! * x
            s1 += a[a1 + t]! * x
            s2 += a[a2 + t]! * x
            s3 += a[a3 + t]! * x
          }
          out[o0 + l] = s0
          out[o1 + l] = s1
          out[o2 + l] = s2
          out[o3 + l] = s3
        }
      }
      for (; r < rowCount; r++) {
        const a0 = batch.a[z]! + rows.a[r]!
        const o0 = (outBase + rows.out[r]!) * lanes
        for (let l = 0; l < lanes; l++) {
          let s = 0
          for (let k = 0; k < count; k++) s += a[a0 + ta[k]!]! * b[bBase + tb[k]! * lanes + l]!
          out[o0 + l] = s
        }
      }
    }
}

/** Both operands of one kind: each lane on its own. */
const perLane = (
  layout: Layout,
  aVaries: boolean,
  bVaries: boolean,
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  lanes: number,
): void => {
  const { batch, rows, columns, terms } = layout
  const na = aVaries ? lanes : 1
  const nb = bVaries ? lanes : 1
  for (let z = 0; z < batch.out.length; z++)
    for (let r = 0; r < rows.a.length; r++)
      for (let c = 0; c < columns.b.length; c++) {
        const target = (batch.out[z]! + rows.out[r]! + columns.out[c]!) * lanes
        const aBase = batch.a[z]! + rows.a[r]!
        const bBase = batch.b[z]! + columns.b[c]!
        if (lanes === 1) {
          let s = 0
          for (let k = 0; k < terms.a.length; k++) s += a[aBase + terms.a[k]!]! * b[bBase + terms.b[k]!]!
          out[target] = s
          continue
        }
        for (let l = 0; l < lanes; l++) out[target + l] = 0
        for (let k = 0; k < terms.a.length; k++) {
          const p = (aBase + terms.a[k]!) * na
          const q = (bBase + terms.b[k]!) * nb
          for (let l = 0; l < lanes; l++) out[target + l]! += a[p + l]! * b[q + l]!
        }
      }
}

/** The sum runs over the lanes too (the gradient of weights): two rows by two columns share their loads. Adds nothing to what was there: the result is this call's lanes alone. */
const overLanes =
  ({ batch, rows, columns, terms }: Layout, aVaries: boolean, bVaries: boolean): Kernel =>
  ([out], [a, b], lanes) => {
    const na = aVaries ? lanes : 1
    const nb = bVaries ? lanes : 1
    const sa = aVaries ? 1 : 0
    const sb = bVaries ? 1 : 0
    for (let z = 0; z < batch.out.length; z++)
      for (let r = 0; r < rows.a.length; r += 2)
        for (let c = 0; c < columns.b.length; c += 2) {
          const twoRows = r + 1 < rows.a.length
          const twoColumns = c + 1 < columns.b.length
          const a0 = batch.a[z]! + rows.a[r]!
          const a1 = twoRows ? batch.a[z]! + rows.a[r + 1]! : a0
          const b0 = batch.b[z]! + columns.b[c]!
          const b1 = twoColumns ? batch.b[z]! + columns.b[c + 1]! : b0
          let s00 = 0
          let s01 = 0
          let s10 = 0
          let s11 = 0
          for (let k = 0; k < terms.a.length; k++) {
            let p0 = (a0 + terms.a[k]!) * na
            let p1 = (a1 + terms.a[k]!) * na
            let q0 = (b0 + terms.b[k]!) * nb
            let q1 = (b1 + terms.b[k]!) * nb
            for (let l = 0; l < lanes; l++) {
              const x0 = a![p0]!
              const x1 = a![p1]!
              const y0 = b![q0]!
              const y1 = b![q1]!
              s00 += x0 * y0
              s01 += x0 * y1
              s10 += x1 * y0
              s11 += x1 * y1
              p0 += sa
              p1 += sa
              q0 += sb
              q1 += sb
            }
          }
          const o = batch.out[z]!
          out![o + rows.out[r]! + columns.out[c]!] = s00
          if (twoColumns) out![o + rows.out[r]! + columns.out[c + 1]!] = s01
          if (twoRows) out![o + rows.out[r + 1]! + columns.out[c]!] = s10
          if (twoRows && twoColumns) out![o + rows.out[r + 1]! + columns.out[c + 1]!] = s11
        }
  }
