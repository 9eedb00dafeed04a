import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain, parseCsv } from '../../src/index.ts'
import { leftOf, rightOf } from '../either.ts'

const parse = parseCsv()
const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`

describe('what is read', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
  const grid = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(finite, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 40 }),
    )

  test('numbers written with all their digits come back to the bit, whatever the delimiter and line ending', () => {
    fc.assert(
      fc.property(grid, fc.constantFrom(',', ';', '\t', '|'), fc.constantFrom('\n', '\r\n'), (rows, delimiter, end) => {
        const names = rows[0]!.map((_, j) => `column ${j}`)
        const text = [names, ...rows.map((row) => row.map((x) => (Object.is(x, -0) ? '-0' : String(x))))]
        const read = rightOf(parse(text.map((cells) => cells.join(delimiter)).join(end)))
        expect(read.columns).toEqual(names)
        expect(read.data).toEqual(Float64Array.from(rows.flat()))
      }),
    )
  })

  test('text columns come back as labels, quoted or not, with delimiters, quotes and line breaks inside', () => {
    const word = fc.stringMatching(/^[a-z][a-z,"\n ;]{0,8}[a-z]$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const read = rightOf(parse(`x,kind\n${words.map((w, i) => `${i},${quote(w)}`).join('\n')}\n`))
        expect(read.columns).toEqual(['x'])
        expect(read.labels.kind).toEqual(words)
      }),
    )
  })

  test('a byte-order mark, blank lines and spaces around cells are not part of the table', () => {
    const read = rightOf(parse('\uFEFFa,b\r\n\r\n 1 , "2" \r\n   \r\n3,4\r\n'))
    expect([read.columns, [...read.data]]).toEqual([
      ['a', 'b'],
      [1, 2, 3, 4],
    ])
  })

  test('a text without a header has columns c1, c2, …', () => {
    expect(rightOf(parse('1.5,2,x\n3,4,y')).columns).toEqual(['c1', 'c2'])
    expect(rightOf(parse('1.5,2,x\n3,4,y')).labels).toEqual({ c3: ['x', 'y'] })
    expect(rightOf(parseCsv({ header: false })('1\n2')).rows).toBe(2)
  })

  test('a first row that counts its columns is a header', () => {
    expect(rightOf(parse('0,1,2,3,4\n5,6,7,8,9')).rows).toBe(1)
    expect(rightOf(parse('5,6,7,8,9\n0,1,2,3,4')).rows).toBe(2)
  })

  test('asked for by name, columns come in the order asked for and the others are not checked', () => {
    const read = rightOf(parseCsv({ columns: ['c', 'a'], labels: ['k'] })('a,b,c,k,t\n1,oops,2,0,u\n3,4,5,1,v'))
    expect([read.columns, [...read.data], read.labels]).toEqual([
      ['c', 'a'],
      [2, 1, 5, 3],
      { k: ['0', '1'], t: ['u', 'v'] },
    ])
  })

  test('a label named like a property of every object is only a label', () => {
    expect(Object.keys(rightOf(parse('x,__proto__\n1,u\n2,v')).labels)).toEqual(['__proto__'])
  })
})

describe('what is refused', () => {
  const refusal = (text: string): string => explain(leftOf(parse(text)))

  test('every bad cell is reported with its row, line and column', () => {
    const faults = fc.constantFrom(
      ['abc', 'text'],
      ['', 'empty'],
      ['NaN', 'notANumber'],
      ['-inf', 'infinite'],
      ['1e999', 'infinite'],
    )
    const rows = fc.array(
      fc.tuple(fc.integer(), fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: faults })),
      { minLength: 30, maxLength: 60 },
    )
    fc.assert(
      fc.property(rows, (drawn) => {
        const bad = drawn.flatMap(([, fault], row) => (fault ? [{ row, fault }] : []))
        const texts = bad.filter(({ fault }) => fault[1] === 'text').length
        fc.pre(bad.length > 0 && texts <= drawn.length - bad.length)
        const error = leftOf(parse(`x,y\n${drawn.map(([x, fault]) => `${x},${fault ? fault[0] : x}`).join('\n')}`))
        if (error._tag !== 'BadCells') throw new Error(`expected BadCells, got ${error._tag}`)
        expect(error.count).toBe(bad.length)
        expect(error.cells).toEqual(
          bad.map(({ row, fault: [text, fault] }) => ({ row, line: row + 2, column: 'y', text, fault })),
        )
      }),
    )
  })

  test('a line number counts blank lines and line breaks inside quoted cells', () => {
    expect(refusal('x,note\n1,"two\nlines"\n\nnan,one')).toContain('line 5, column "x"')
    expect(refusal('x,note\n1,one\nnan,"two\nlines"')).toContain('line 3, column "x"')
  })

  test('a bad cell far down the text is found, and the listing is capped while the count is not', () => {
    const cells = Array.from({ length: 5000 }, (_, i) => (i < 2000 ? '1' : 'x'))
    const error = leftOf(parse(`a\n${cells.join('\n')}`))
    expect(error).toMatchObject({ _tag: 'BadCells', count: 3000 })
    expect(explain(error)).toContain('line 2002, column "a"')
    expect(explain(error)).toContain('and 2995 more')
  })

  test('ragged rows, repeated names, nothing at all, no rows, an empty column and only text each have one clear line', () => {
    expect(refusal('a,b\n1,2\n3\n4,5,6')).toContain('found 1 in line 3; 3 in line 4')
    expect(refusal('a,b,a\n1,2,3')).toContain('"a" 2 times (columns 1, 3)')
    expect(refusal('')).toContain('empty file')
    expect(refusal('\n \n')).toContain('empty file')
    expect(refusal('a,b\n')).toContain('found none')
    expect(refusal('a,b\n1,\n2,')).toContain('column "b" (number 2) holds no value')
    expect(refusal('k\nx\ny')).toContain('found only text in "k"')
    expect(refusal('a,b\n1,"x\n2,3')).toContain('line 2: not valid CSV: a quote opens here')
    expect(refusal('a,b\n1,2"3')).toContain('line 2: not valid CSV')
    expect(explain(leftOf(parseCsv({ columns: ['z'] })('a,b\n1,2')))).toContain(
      'no column "z"; its columns are "a", "b"',
    )
  })

  test('hexadecimal, digit groups and decimal commas are text, never a different number', () => {
    for (const cell of ['0x10', '1_000', '"1,5"', '1e', '.', '+', '1 2', '١'])
      expect(leftOf(parse(`x,y\n1,1\n2,2\n3,${cell}`))).toMatchObject({ cells: [{ fault: 'text', line: 4 }] })
  })

  test('no explanation breaks its line', () => {
    fc.assert(
      fc.property(fc.string(), (cell) => {
        const outcome = parse(`x,y\n1,1\n2,2\n3,${quote(cell)}`)
        if (outcome._tag === 'Left') expect(explain(outcome.left)).not.toContain('\n')
      }),
    )
  })
})
