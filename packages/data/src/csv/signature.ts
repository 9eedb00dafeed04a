const startsWith = (bytes: Uint8Array, ...signature: readonly number[]): boolean =>
  signature.every((byte, i) => bytes[i] === byte)

/** RFC 1952, section 2.3.1. */
export const isGzip = (bytes: Uint8Array): boolean => startsWith(bytes, 0x1f, 0x8b)

const SIGNATURES: ReadonlyArray<readonly [string, readonly number[]]> = [
  ['a zip archive (or a spreadsheet)', [0x50, 0x4b, 3, 4]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a NumPy file', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ['text in UTF-16', [0xff, 0xfe]],
  ['text in UTF-16', [0xfe, 0xff]],
]

/** What a file is by its first bytes, where that is not text. */
export const foreignFormat = (bytes: Uint8Array): string | undefined =>
  SIGNATURES.find(([, signature]) => startsWith(bytes, ...signature))?.[0] ??
  (bytes.includes(0) ? 'binary data' : undefined)
