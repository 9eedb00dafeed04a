import type { KernelStep } from '../../../compile/fuse.ts'
import { isMove } from '../../../compile/inPlace.ts'
import { type ContractAttributes, contractOperation } from '../../../tensor/contract.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import { choleskyLaunch } from './cholesky.ts'
import { contractLaunches } from './contract.ts'
import { cumulateLaunch } from './cumulate.ts'
import { epilogueOf } from './epilogue.ts'
import { expmLaunches } from './expm.ts'
import { indexedLaunches } from './indexed.ts'
import { eigenLaunch } from './jacobi.ts'
import type { Addresses, Launch } from './kernel.ts'
import { luLaunch } from './lu.ts'
import { mapLaunch } from './map.ts'
import { moveLaunch } from './move.ts'
import { randomLaunch } from './random.ts'
import { reduceLaunch } from './reduce.ts'
import { searchLaunch } from './search.ts'
import { solveLaunches } from './solve.ts'
import { indexLaunch } from './tile.ts'

/** The launches that do a step; null where this target has no code for it, and the host does it. */
export const launchesOf = (step: KernelStep, at: Addresses): readonly Launch[] | null => {
  if (step.kind === 'map') {
    if (!step.head) return [mapLaunch(step, at)]
    return contractLaunches(step.head as Node<ContractAttributes>, at, epilogueOf(step, at))
  }
  const { node } = step
  if (isMove(node)) return [moveLaunch(node, at)]
  if (node.operation === (contractOperation as Operation)) return contractLaunches(node as Node<ContractAttributes>, at)
  const launch =
    reduceLaunch(node, at) ??
    cumulateLaunch(node, at) ??
    searchLaunch(node, at) ??
    randomLaunch(node, at) ??
    indexLaunch(node, at) ??
    choleskyLaunch(node, at) ??
    luLaunch(node, at) ??
    eigenLaunch(node, at)
  return launch ? [launch] : (indexedLaunches(node, at) ?? solveLaunches(node, at) ?? expmLaunches(node, at))
}
