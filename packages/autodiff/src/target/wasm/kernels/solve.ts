import { logAbsDetOperation, solveOperation } from '../../../tensor/linalg/solve.ts'
import type { Triangle } from '../../../tensor/linalg/substitution.ts'
import { triangularSolveOperation } from '../../../tensor/linalg/triangularSolve.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import { forEach } from '../assembler/counted.ts'
import { func } from '../assembler/function.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { local, set } from '../assembler/variables.ts'
import { floatPrimitives } from '../math/index.ts'
import { rowsLaunch } from './indexed.ts'
import { type Addresses, integers, type Kernel, type Launch } from './kernel.ts'
import { forLanes, laid } from './laid.ts'
import { permuteLaunch } from './permute.ts'
import { spreadLaunch } from './spread.ts'
import { substituteLaunch } from './substitute.ts'

/** Systems of equations whose matrix is factorised or triangular, and its determinant; null for any other operation. */
export const solveLaunches = (node: Node, at: Addresses): readonly Launch[] | null => {
  const { operation, attributes } = node
  if (operation === (triangularSolveOperation as Operation)) {
    const [t, b] = node.inputs
    return [spreadLaunch(b!, at.addressOf(node), node.varies, at), substituted(node, t!, attributes as Triangle, at)]
  }
  if (operation === (solveOperation as Operation))
    return solution(node, (attributes as { readonly transposed: boolean }).transposed, at)
  if (operation === (logAbsDetOperation as Operation)) {
    const u = node.inputs[2]!
    return [{ kernel: logAbsDet(u.varies), operands: [at.addressOf(node), at.readAt(u), u.shape[0]!] }]
  }
  return null
}

const columnsOf = (node: Node): number => node.shape[1] ?? 1

const substituted = (node: Node, t: Node, triangle: Triangle, at: Addresses): Launch =>
  substituteLaunch(
    {
      order: node.shape[0]!,
      columns: columnsOf(node),
      t: at.readAt(t),
      tVaries: t.varies,
      x: at.addressOf(node),
      varies: node.varies,
    },
    triangle,
    at.format,
  )

/** With P A = L U: x = U⁻¹ L⁻¹ P b, and of the transpose x = Pᵀ L⁻ᵀ U⁻ᵀ b. */
const solution = (node: Node, transposed: boolean, at: Addresses): readonly Launch[] => {
  const [, l, u, p, b] = node.inputs as readonly [Node, Node, Node, Node, Node]
  const out = at.addressOf(node)
  const columns = columnsOf(node)
  const byL = substituted(node, l, { lower: true, transpose: transposed, unitDiagonal: true }, at)
  const byU = substituted(node, u, { lower: false, transpose: transposed, unitDiagonal: false }, at)
  return transposed
    ? [spreadLaunch(b, out, node.varies, at), byU, byL, permuteLaunch(p, columns, out, node.varies, at)]
    : [permuted(b, p, columns, out, at), byL, byU]
}

/** Row p_i of b in place i. */
const permuted = (b: Node, p: Node, columns: number, out: number, at: Addresses): Launch =>
  rowsLaunch(
    { x: at.readAt(b), index: at.readAt(p), out },
    { varies: b.varies, indexVaries: p.varies },
    { picked: p.shape[0]!, length: p.shape[0]!, width: columns },
    at,
  )

/** Σ log|u_ii|. */
const logAbsDet = (varies: boolean): Kernel => ({
  key: `logAbsDet ${varies}`,
  build: (format) =>
    func('logAbsDet', { out: 'i32', u: 'i32', order: 'i32' }, 'none', (p) => {
      const { add, abs, constant } = format.floats
      const { log } = floatPrimitives(format.floats)
      const { bytes, load, store } = laid(format, varies)
      const [i, l, at] = integers('i', 'l', 'at')
      const total = local('v128', 'total')
      return forLanes(format, varies, l, [
        set(total, constant(0)),
        set(at, p.u),
        forEach(i, { below: p.order }, [
          set(total, add(total, log(abs(load(at, l))))),
          set(at, i32.add(at, i32.mul(i32.add(p.order, 1), bytes))),
        ]),
        store(p.out, l, total),
      ])
    }),
})
