import { describe, expect, test } from 'vitest'
import { constant, ones, pad, reshape, scatterAdd, slice, zeros } from '../../src/index.ts'

describe('a mistake in a shape', () => {
  test('is named where it is made', () => {
    expect(() => reshape(zeros([3]), [-1, 2])).toThrow('reshape: [3] does not fill [-1, 2]')
    expect(() => reshape(zeros([4]), [-1, -1])).toThrow('reshape: [4] does not fill [-1, -1]')
    expect(() => reshape(zeros([4]), [3])).toThrow('[4] has 4 elements, [3] has 3')
    expect(() => pad(zeros([3]), 0, -1, 0)).toThrow('pad: puts in a whole number of elements, got -1 before')
    expect(() => slice(zeros([3]), 0, 0.5, 2)).toThrow('slice: 0.5:2:1 leaves axis 0 of [3]')
    expect(() => slice(zeros([3]), 0, 1, 4)).toThrow('slice: 1:4:1 leaves axis 0 of [3]')
    const first = constant([0], [1], 'int')
    expect(() => scatterAdd(zeros([3, 1]), first, ones([1, 4]))).toThrow(
      'rows of updates [1, 4] are not like those of [3, 1]',
    )
    expect(() => scatterAdd(zeros([3]), first, ones([2]))).toThrow(
      'updates [2] need one row for each of the indices [1]',
    )
    expect(() => scatterAdd(zeros([3]), ones([1]), ones([1]))).toThrow('indices are integers, got float')
  })
  test('or in the type of a constant, too', () => {
    expect(() => constant([1, 0.5], [2], 'int')).toThrow('constant: 0.5 is no integer of 32 bits')
    expect(() => constant(2 ** 31, [], 'int')).toThrow('2147483648 is no integer of 32 bits')
    expect(() => constant(2, [], 'bool')).toThrow('constant: 2 is no boolean')
    expect(() => constant([[1], [2, 3]])).toThrow('rows of different lengths, [1] and [2]')
    expect(() => constant([1, 2, 3], [2])).toThrow('3 numbers do not fill shape [2]')
  })
  test('is none where nothing has length 0', () => {
    expect(reshape(zeros([0, 3]), [-1, 3]).shape).toEqual([0, 3])
    expect(reshape(zeros([0, 3]), [0]).shape).toEqual([0])
  })
})
