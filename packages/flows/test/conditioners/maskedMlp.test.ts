import {
  abs,
  add,
  div,
  type Example,
  evaluateAt,
  exp,
  fromRows,
  type HostArray,
  log,
  max,
  mul,
  neg,
  reshape,
  slice,
  softplus,
  stopGradient,
  sub,
  take,
  takeAlong,
  toRows,
} from '@diffeo/autodiff'
import { describe, expect, test } from 'vitest'
import { backThroughSpline, type Spline, throughSpline } from '../../src/bijectors/spline/spline.ts'
import { autoregressive } from '../../src/combinators/autoregressive.ts'
import { maskedMlp } from '../../src/conditioners/maskedMlp.ts'
import { type MaskedLayer, upTo } from '../../src/conditioners/masks.ts'
import type { Transform } from '../../src/transform.ts'
import { distance, perLane } from '../draws.ts'
import { describeGolden } from '../golden.ts'

interface StoredLayer {
  readonly weight: readonly (readonly number[])[]
  readonly mask: readonly (readonly number[])[]
  readonly bias: readonly number[]
}
interface StoredFlow {
  readonly variant?: string
  readonly D: number
  readonly bins: number
  readonly tailBound: number
  readonly order?: readonly number[]
  readonly layers: readonly StoredLayer[]
  readonly x: readonly (readonly number[])[]
  readonly y: readonly (readonly number[])[]
  readonly logdet: readonly number[]
  readonly inverseOfX: readonly (readonly number[])[]
  readonly inverseLogdetAtX?: readonly number[]
}

const sortedBy = (keys: readonly number[]): readonly number[] =>
  keys.map((_, i) => i).sort((i, j) => keys[i]! - keys[j]! || i - j)

/** The stored weights with units sorted by degree, and only the columns that some row sees. */
const weightsOf = ({ D, order, layers }: StoredFlow): readonly { readonly [k: string]: HostArray }[] => {
  const ranks = order ?? Array.from({ length: D }, (_, i) => i)
  let columns = ranks.map((rank) => rank + 1)
  return layers.map(({ weight, mask, bias }, l) => {
    const isLast = l === layers.length - 1
    const degrees = isLast
      ? weight.map((_, row) => ranks[Math.floor((row * D) / weight.length)]!)
      : mask.map((row) => Math.max(...row.flatMap((seen, j) => (seen ? [columns[j]!] : []))))
    const from = sortedBy(columns)
    const to = sortedBy(degrees)
    const layer: MaskedLayer = { rows: to.map((i) => degrees[i]!), columns: from.map((j) => columns[j]!) }
    const width = upTo(layer.columns, layer.rows.at(-1)!)
    // The stored mask is the one that degrees give.
    for (const i of to) for (const j of from) expect(mask[i]![j]).toBe(columns[j]! <= degrees[i]! ? 1 : 0)
    columns = degrees
    return {
      weight: {
        data: Float64Array.from(to.flatMap((i) => from.slice(0, width).map((j) => weight[i]![j]!))),
        shape: [to.length, width],
      },
      bias: { data: Float64Array.from(to.map((i) => bias[i]!)), shape: [to.length] },
    }
  })
}

const affine = (
  scaleOf: (raw: Example) => { readonly logScale: Example; readonly shift: Example },
): Transform<'real'> => ({
  spec: { kind: 'stored', options: null, parts: [] },
  domain: 'real',
  codomain: 'real',
  parameterCount: 2,
  initialRaw: [0, 0],
  forward: (raw, x) => {
    const { logScale, shift } = scaleOf(raw)
    return { value: add(mul(exp(logScale), x), shift), logDerivative: logScale }
  },
  inverse: (raw, z) => {
    const { logScale, shift } = scaleOf(raw)
    return { value: mul(exp(neg(logScale)), sub(z, shift)), logDerivative: neg(logScale) }
  },
})

const variants: Readonly<Record<string, Transform<'real'>>> = {
  'nflows-softplus': affine((raw) => ({
    logScale: log(add(softplus(take(raw, -1, 0)), 1e-3)),
    shift: take(raw, -1, 1),
  })),
  'zuko-softclip': affine((raw) => {
    const a = take(raw, -1, 1)
    return { logScale: div(a, add(1, abs(div(a, Math.log(1e-3))))), shift: take(raw, -1, 0) }
  }),
}

/** The stored spline's own conventions: least slope 0.001, slopes not shifted to start at 1. */
const storedSpline = (bins: number, tails: number): Transform<'real'> => {
  const splineOf = (raw: Example): Spline => {
    const sizes = reshape(slice(raw, -1, 0, 2 * bins), [...raw.shape.slice(0, -1), 2, bins])
    return {
      masses: exp(sub(sizes, stopGradient(max(sizes, -1, true)))),
      least: 1e-3,
      tails,
      slopesAt: (knots) => add(softplus(takeAlong(raw, add(knots, 2 * bins - 1))), 1e-3),
    }
  }
  return {
    spec: { kind: 'stored', options: null, parts: [] },
    domain: 'real',
    codomain: 'real',
    parameterCount: 3 * bins - 1,
    initialRaw: Array.from({ length: 3 * bins - 1 }, () => 0),
    forward: (raw, x) => throughSpline(splineOf(raw), x),
    inverse: (raw, z) => backThroughSpline(splineOf(raw), z),
  }
}

const agrees = (c: StoredFlow, transform: Transform<'real'>): void => {
  const lanes = c.x.length
  const widths = c.layers.slice(0, -1).map(({ bias }) => bias.length)
  for (const inverse of ['incremental', 'jacobi'] as const) {
    const layer = autoregressive({
      dim: c.D,
      transform,
      conditioner: maskedMlp(widths),
      order: c.order ?? 'natural',
      inverse,
    })
    const params = weightsOf(c)
    expect(params.map((l) => l.weight!.shape)).toEqual(
      (layer.parameters.tree as unknown as readonly { readonly weight: { readonly shape: readonly number[] } }[]).map(
        (l) => l.weight.shape,
      ),
    )
    const found = evaluateAt(
      (at) => ({ through: { ...layer.forward(at.params, at.x, {}) }, back: { ...layer.inverse(at.params, at.x, {}) } }),
      { params, x: fromRows(c.x.flat(), lanes, [c.D]) },
    )
    expect(distance(toRows(found.through.value), c.y.flat())).toBeLessThan(1e-12)
    expect(distance(perLane(found.through.logDet, lanes), c.logdet)).toBeLessThan(1e-12)
    expect(distance(toRows(found.back.value), c.inverseOfX.flat())).toBeLessThan(1e-10)
    if (c.inverseLogdetAtX) expect(distance(perLane(found.back.logDet, lanes), c.inverseLogdetAtX)).toBeLessThan(1e-10)
  }
}

describeGolden<{ readonly cases: readonly StoredFlow[] }>('maf-affine.json', ({ cases }) => {
  test.each(cases)('a masked affine flow agrees with $variant', (c) => agrees(c, variants[c.variant!]!))
})

describeGolden<{ readonly cases: readonly StoredFlow[] }>('maf-rqs.json', ({ cases }) => {
  test.each(cases)('a masked spline flow of $D coordinates agrees with another library', (c) => {
    agrees(c, storedSpline(c.bins, c.tailBound))
  })
})

describe('the network', () => {
  test('has a column for every input that some row sees, and no other', () => {
    const { parameters } = maskedMlp([5, 4], { context: 2 }).masked([0, 1, 1, 2], 3)
    expect(parameters.map(({ weight }) => weight!.shape)).toEqual([
      [5, 2 + 3],
      [4, 5],
      [12, 4],
    ])
  })

  test('refuses a hidden layer without units', () => {
    expect(() => maskedMlp([4, 0])).toThrow(/at least 1, got 0/)
  })
})
