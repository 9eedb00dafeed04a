/** Files of one folder by name, to be written or as they were read. */
export type Files = Readonly<Record<string, Uint8Array>>

/** A text as a file, in UTF-8. */
export const textFile = (text: string): Uint8Array => new TextEncoder().encode(text)
/** A value as a JSON file. */
export const jsonFile = (value: unknown): Uint8Array => textFile(`${JSON.stringify(value, null, 2)}\n`)
