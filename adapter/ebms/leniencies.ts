// Where we take more than the schema allows, because real partners send it; everything else is read strictly (decision 0003).

export const LENIENCIES = {
  /** `true` and `false` in place of `1` and `0` (row 68); never sent. */
  mustUnderstandBoolean: 'SOAP:mustUnderstand="true"',
  /** Manifest, StatusRequest and StatusResponse with mustUnderstand (R17). */
  mustUnderstandOnBody: 'SOAP:mustUnderstand on a Body element',
  /** Description without xml:lang (R71). */
  descriptionWithoutLang: 'eb:Description without xml:lang',
  /** DuplicateElimination with content; only its presence counts. */
  duplicateEliminationWithText: 'text in eb:DuplicateElimination',
} as const;

/** The lexical forms of mustUnderstand that count as set and as not set. */
export const MUST_UNDERSTAND: Readonly<Record<string, boolean>> = { '1': true, true: true, '0': false, false: false };
