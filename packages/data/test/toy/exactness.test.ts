import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { circles, moons, pinwheel, swissRoll, type Toy, twoSpirals } from '../../src/index.ts'
import { logScaledBesselI0 } from '../../src/toy/besselI0.ts'
import { erfcx } from '../../src/toy/erfcx.ts'
import { gaussLegendre } from '../../src/toy/gaussLegendre.ts'

/** ∫ f by the trapezoidal rule with steps too small to matter. */
const integral = (f: (t: number) => number, from: number, to: number, steps: number): number => {
  const h = (to - from) / steps
  let sum = 0.5 * (f(from) + f(to))
  for (let i = 1; i < steps; i++) sum += f(from + i * h)
  return sum * h
}

describe('the special functions', () => {
  test('the scaled Bessel function I0 is its integral over a circle', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2000, noNaN: true }), (x) => {
        // Periodic and smooth: the rule is exact to rounding from about 8 √x points on.
        const mean = integral((t) => Math.exp(x * (Math.cos(t) - 1)), -Math.PI, Math.PI, 600) / (2 * Math.PI)
        expect(Math.abs(logScaledBesselI0(x) - Math.log(mean))).toBeLessThan(1e-13)
      }),
    )
  })

  test('erfcx is 2/√π ∫ exp(-t² - 2xt) over t > 0', () => {
    const { nodes, weights } = gaussLegendre(40)
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), (x) => {
        const half = 0.5 * Math.min(6.5, 20 / (x + 1e-9))
        let sum = 0
        nodes.forEach((node, i) => {
          const t = half * (1 + node)
          sum += half * weights[i]! * Math.exp(-t * t - 2 * x * t)
        })
        expect(Math.abs(erfcx(x) / ((2 / Math.sqrt(Math.PI)) * sum) - 1)).toBeLessThan(3e-13)
      }),
    )
  })

  test('a Gauss-Legendre rule of n nodes is exact up to degree 2n - 1 and not beyond', () => {
    for (let n = 2; n <= 40; n++) {
      const { nodes, weights } = gaussLegendre(n)
      const moment = (k: number): number => nodes.reduce((sum, x, i) => sum + weights[i]! * x ** k, 0)
      for (let k = 0; k < 2 * n; k++) expect(Math.abs(moment(k) - (k % 2 ? 0 : 2 / (k + 1)))).toBeLessThan(1e-14)
      if (n < 12) expect(Math.abs(moment(2 * n) - 2 / (2 * n + 1))).toBeGreaterThan(1e-14)
    }
  })
})

describe('log-densities against plain sums over the curve', () => {
  const normal = (d: number, s: number): number => Math.exp(-0.5 * (d / s) ** 2) / (s * Math.sqrt(2 * Math.PI))
  const inTwiceTheBox = (toy: Toy) => {
    const coordinate = (k: 0 | 1) =>
      fc.double({ min: 2 * toy.bounds.lower[k], max: 2 * toy.bounds.upper[k], noNaN: true })
    return fc.tuple(coordinate(0), coordinate(1))
  }
  const agrees = (toy: Toy, density: (x: number, y: number) => number, tolerance: number, numRuns: number): void =>
    fc.assert(
      fc.property(inTwiceTheBox(toy), ([x, y]) => {
        const expected = density(x, y)
        // Below, the plain sum loses digits to subnormal numbers.
        fc.pre(expected > 1e-290)
        expect(Math.abs(toy.logDensity([x, y]) - Math.log(expected))).toBeLessThan(tolerance)
      }),
      { numRuns },
    )

  test('circles', () => {
    const circle = (radius: number, x: number, y: number): number =>
      integral(
        (t) => normal(x - radius * Math.cos(t), 0.24) * normal(y - radius * Math.sin(t), 0.24),
        0,
        2 * Math.PI,
        2000,
      ) /
      (2 * Math.PI)
    agrees(circles, (x, y) => 0.5 * (circle(3, x, y) + circle(1.5, x, y)), 1e-11, 50)
  })

  test('moons', () => {
    const { nodes, weights } = gaussLegendre(400)
    const upper = (x: number, y: number): number =>
      nodes.reduce((sum, node, i) => {
        const t = 0.5 * Math.PI * (1 + node)
        return sum + 0.5 * weights[i]! * normal(x - 2 * Math.cos(t), 0.2) * normal(y - 2 * Math.sin(t), 0.2)
      }, 0)
    agrees(moons, (x, y) => 0.5 * (upper(x + 1, y + 0.2) + upper(1 - x, 0.8 - y)), 1e-11, 100)
  })

  test('swiss roll', () => {
    const { nodes, weights } = gaussLegendre(1200)
    const density = (x: number, y: number): number =>
      nodes.reduce((sum, node, i) => {
        const t = 1.5 * Math.PI * (2 + node)
        const blurred = normal(x - (t * Math.cos(t)) / 5, 0.2) * normal(y - (t * Math.sin(t)) / 5, 0.2)
        return sum + 0.5 * weights[i]! * blurred
      }, 0)
    agrees(swissRoll, density, 1e-11, 100)
  })

  test('two spirals, their box by quadrature too', () => {
    const along = gaussLegendre(700)
    const box = gaussLegendre(24)
    const blurredBox = (d: number): number =>
      box.nodes.reduce((sum, node, i) => sum + 0.5 * box.weights[i]! * normal(d - (1 + node) / 12, 0.1), 0)
    const arm = (x: number, y: number): number =>
      along.nodes.reduce((sum, node, i) => {
        const u = 0.5 * (1 + node)
        const t = 3 * Math.PI * u
        const [a, b] = [x + (t * Math.cos(t)) / 3, y - (t * Math.sin(t)) / 3]
        return sum + 0.5 * along.weights[i]! * 2 * u * blurredBox(a) * blurredBox(b)
      }, 0)
    agrees(twoSpirals, (x, y) => 0.5 * (arm(x, y) + arm(-x, -y)), 1e-11, 20)
  })

  test('pinwheel, turned by a fifth of a turn, is itself', () => {
    const [cos, sin] = [Math.cos((2 * Math.PI) / 5), Math.sin((2 * Math.PI) / 5)]
    fc.assert(
      fc.property(inTwiceTheBox(pinwheel), ([x, y]) => {
        const turned = pinwheel.logDensity([cos * x - sin * y, sin * x + cos * y])
        const plain = pinwheel.logDensity([x, y])
        expect(Math.abs(turned - plain)).toBeLessThan(1e-7 * (1 + Math.abs(plain)))
      }),
      { numRuns: 300 },
    )
  })
})
