// The algorithms we take, by the URI that names them; what is not in the table is not supported (row 144).

export const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
export const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116';

export interface Algorithm {
  /** Name of the hash in node:crypto. */
  readonly hash: string;
  /** SHA-1 verifies, and is refused by policy (row 145). */
  readonly weak?: true;
}

export const DIGESTS: Readonly<Record<string, Algorithm>> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': { hash: 'sha256' },
  'http://www.w3.org/2001/04/xmldsig-more#sha384': { hash: 'sha384' },
  'http://www.w3.org/2001/04/xmlenc#sha512': { hash: 'sha512' },
  'http://www.w3.org/2000/09/xmldsig#sha1': { hash: 'sha1', weak: true },
};

export const SIGNATURES: Readonly<Record<string, Algorithm>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': { hash: 'sha256' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': { hash: 'sha384' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': { hash: 'sha512' },
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1': { hash: 'sha1', weak: true },
};

export const MIN_RSA_BITS = 2048;
/** With 1 anybody signs; 3 has only ever helped forgers (row 146). PKIoverheid issues no smaller one than this. */
export const MIN_RSA_EXPONENT = 65537n;

/** The agreed filter: everything but what is addressed to the next node (R54). */
export const NOT_NEXT_ACTOR =
  'not(ancestor-or-self::node()[@SOAP:actor="urn:oasis:names:tc:ebxml-msg:actor:nextMSH"] | ancestor-or-self::node()[@SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next"])';
