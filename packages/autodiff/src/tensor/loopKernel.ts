import { sizeOf } from '../shape.ts'
import { pickOperation } from './graph.ts'
import { bodyNodes, type LoopAttributes } from './loopBody.ts'
import { type Kernel, kindsOf } from './operation.ts'
import type { Kind, Node } from './tensor.ts'

/** Buffers of the body's nodes for some number of lanes, and the rounds over them. */
export const loopKernel = (node: Node<LoopAttributes>): Kernel => {
  const { attributes: a } = node
  const { inner } = bodyNodes(a)
  const steps = inner.filter((x) => x.operation !== pickOperation).map((x) => ({ node: x, run: x.operation.kernel(x) }))
  const [c, o, s] = [a.carries.length, a.outputs.length, a.slices.length]
  const lengthOf = (x: Kind, lanes: number): number => sizeOf(x.shape) * (x.varies ? lanes : 1)

  const buffersFor = (lanes: number): Map<Node, readonly Float64Array[]> => {
    const buffers = new Map<Node, readonly Float64Array[]>()
    for (const x of [a.index, ...a.carries, ...a.slices]) buffers.set(x, [new Float64Array(lengthOf(x, lanes))])
    for (const x of inner)
      buffers.set(
        x,
        x.operation === pickOperation
          ? [buffers.get(x.inputs[0]!)![(x.attributes as { readonly index: number }).index]!]
          : kindsOf(x).map((kind) => new Float64Array(lengthOf(kind, lanes))),
      )
    return buffers
  }
  let prepared: { readonly lanes: number; readonly buffers: Map<Node, readonly Float64Array[]> } | undefined

  return (outs, inputs, lanes, run) => {
    if (prepared?.lanes !== lanes) prepared = { lanes, buffers: buffersFor(lanes) }
    const { buffers } = prepared
    a.captured.forEach((x, i) => buffers.set(x, [inputs[c + s + i]!]))
    const bound = steps.map((step) => ({
      ...step,
      outputs: buffers.get(step.node)!,
      inputs: step.node.inputs.map((x) => buffers.get(x)![0]!),
      lanes: step.node.varies || kindsOf(step.node).some((k) => k.varies) ? lanes : 1,
    }))
    const carry = a.carries.map((x) => buffers.get(x)![0]!)
    const next = a.nextCarries.map((x) => buffers.get(x)![0]!)
    // A carry that is another carry's next value must not be overwritten before it is read.
    const moving = next.map((x) => (carry.includes(x) ? new Float64Array(x.length) : x))
    const slices = a.slices.map((x) => buffers.get(x)![0]!)
    const outputs = a.outputs.map((x) => buffers.get(x)![0]!)
    const index = buffers.get(a.index)![0]!
    const stop = a.stop && buffers.get(a.stop)![0]!

    carry.forEach((x, i) => x.set(inputs[i]!.subarray(0, x.length)))
    for (let round = 0; round < a.count; round++) {
      const at = a.backwards ? a.count - 1 - round : round
      index[0] = at
      slices.forEach((x, i) => x.set(inputs[c + i]!.subarray(at * x.length, (at + 1) * x.length)))
      carry.forEach((x, i) => outs[c + o + i]!.set(x, at * x.length))
      for (const step of bound) {
        step.run(step.outputs, step.inputs, step.lanes, run)
        run.after?.(step.node, step.outputs, step.inputs, step.lanes)
      }
      outputs.forEach((x, i) => outs[c + i]!.set(x, at * x.length))
      moving.forEach((x, i) => x !== next[i] && x.set(next[i]!))
      carry.forEach((x, i) => x.set(moving[i]!))
      if (stop?.every((done) => done !== 0)) {
        for (let rest = round + 1; rest < a.count; rest++)
          carry.forEach((x, i) => outs[c + o + i]!.set(x, (a.backwards ? a.count - 1 - rest : rest) * x.length))
        break
      }
    }
    carry.forEach((x, i) => outs[i]!.set(x))
  }
}
