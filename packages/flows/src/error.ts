/** What can go wrong with a description that comes from outside: a file, another version, another program. */
export type FlowError =
  | {
      readonly _tag: 'UnknownKind'
      readonly of: 'bijector' | 'transform' | 'conditioner' | 'distribution'
      readonly kind: string
      readonly path: string
      readonly known: readonly string[]
    }
  | { readonly _tag: 'BadSpec'; readonly path: string; readonly expected: string; readonly got: string }

/** One sentence: where, what was expected, what came, what to do. */
export const explainFlowError = (e: FlowError): string => {
  switch (e._tag) {
    case 'UnknownKind':
      return `${e.path}: no ${e.of} of kind "${e.kind}" is known (known: ${e.known.join(', ')}). Pass its kind along when loading.`
    case 'BadSpec':
      return `${e.path}: expected ${e.expected}, got ${e.got}.`
  }
}
