// Where xmlsec1 and this product part ways over the attack corpus, and why (row 176). What is not here fails the differential.

export interface Explained {
  /** Why both are right by their own lights, or why ours is the stricter one on purpose. */
  readonly reason: string;
  /** Beginnings of entries' names. */
  readonly names: readonly string[];
}

/** xmlsec1 verifies, this product refuses. */
export const WE_ARE_STRICTER: readonly Explained[] = [
  {
    reason:
      'xmlsec1 says that what is referred to was signed, not that it is what will be read: place and number are ours',
    names: [
      'row 130 a signature by Id over',
      'row 130 XSW3 a signature by Id',
      'row 132 XSW6 a signature by Id',
      'row 134 XSW8 a signature by Id',
      'row 132 XSW6 the signed Envelope in KeyInfo',
      'row 130 the Signature in the Body',
      'row 130 the Signature in the MessageHeader',
      'row 130 the Signature behind the Header',
      'row 143 a second Signature inside KeyInfo',
      'row 134 an empty Object in the Signature',
      'row 119 150 levels inside an Object',
    ],
  },
  {
    reason:
      'two megabytes of parts are canonicalised for a signature, as many as there are: others go on for as long as it takes',
    names: ['row 148 R57 24 dear parts to canonicalise, of the partner itself'],
  },
  {
    reason: 'ids are compared only where somebody declares them to be ids; nobody needs any here',
    names: ['row 135 '],
  },
  {
    reason: 'the agreed XPath leaves out whatever is addressed to the next node; only we know where that may stand',
    names: ['row 129 R55 ', 'row 137 R58 a part slipped in', 'R55 R84 ', 'R55 R81 '],
  },
  {
    reason: 'a signature over less than envelope and parts is a signature all the same',
    names: [
      'row 136 T100 R56 only the part',
      'row 137 R58 only the envelope',
      'row 136 the URI attribute is absent',
      'row 136 the URI is an XPointer to the root',
      'row 137 a ds:Manifest in an Object',
      'row 137 an unsigned part that the Manifest names',
      'row 107 row 138 an unsigned part',
    ],
  },
  {
    reason: 'naming one thing twice is allowed by XML-DSig and has no honest use in ebMS',
    names: ['row 136 the envelope is referred to twice', 'row 106 a part is referred to twice'],
  },
  {
    reason: 'xmlsec1 evaluates transforms; we compare them with the agreed ones and evaluate none',
    names: [
      'row 136 T102 ',
      'row 136 R56 the agreed XPath with one prefix',
      'row 136 two XPath transforms',
      'row 136 canonicalisation before the XPath',
      'row 136 canonicalised twice',
      'row 149 C14N with comments',
      'row 149 exclusive C14N with comments',
      'row 149 C14N 1.1',
      'row 149 CanonicalizationMethod with comments',
      'row 148 exclusive C14N with 33 prefixes',
      'row 148 XPath on a part',
      'row 148 C14N twice on a part',
    ],
  },
  {
    reason: 'policy: weak methods and methods that the CPA does not name',
    names: ['row 144 the digest MD5', 'row 145 ', 'R52 T98 ', 'row 144 RSA with MD5', 'row 144 RSA-PSS'],
  },
  {
    reason:
      'comments, CDATA sections and elements inside a signature: xmlsec1 reads through them, we refuse two readings',
    names: [
      'row 142 a comment in ',
      'row 142 a CDATA section in ',
      'row 142 an element in SignatureValue',
      'row 148 a child in CanonicalizationMethod',
      'row 144 a child in SignatureMethod',
    ],
  },
  {
    reason: 'this xmlsec1 takes the key out of KeyInfo; we take none but that of the CPA',
    names: ['row 147 his own key, and that key in KeyValue'],
  },
  {
    reason: 'the envelope alone is right; the package or its MIME headers are not',
    names: [
      'row 106 the part twice in the package',
      'row 106 another part with the Content-ID of the signed one, last',
      'row 106 a part with the Content-ID of the SOAP part',
      'row 105 row 128 start names an altered envelope',
      'row 113 the envelope in UTF-16, said to be UTF-8',
      'row 113 ISO-8859-1 in the document, UTF-8 in the MIME header',
      'row 113 UTF-7',
    ],
  },
  {
    reason: 'a document that we do not read at all: DOCTYPE, XML 1.1',
    names: ['row 117 ', 'row 124 XML 1.1'],
  },
];

/** This product takes it, xmlsec1 refuses. */
export const WE_ARE_LOOSER: readonly Explained[] = [
  {
    reason: 'KeyInfo is never read here; xmlsec1 stumbles over a certificate in it that is none',
    names: ['row 147 a certificate that is none'],
  },
  {
    reason: 'xmlsec1 is given the encoded part; the signature is over the decoded one (R60)',
    names: ['R60 the part in base64', 'R60 the part in quoted-printable'],
  },
];

export const reasonFor = (table: readonly Explained[], name: string): string | undefined =>
  table.find(({ names }) => names.some((start) => name.startsWith(start)))?.reason;

/** The JDK verifies what xmlsec1 does not, and we refuse it. */
export const JDK_IS_LOOSER: readonly Explained[] = [
  {
    reason: 'the JDK evaluates the transforms that are named; we compare them with the agreed ones and evaluate none',
    names: ['row 148 enveloped-signature on a part'],
  },
  {
    reason: 'the base64 of the JDK skips whatever is no base64; we allow the white space of XML and nothing else',
    names: ['row 140 a no-break space in SignatureValue', 'row 140 a line separator in SignatureValue'],
  },
  {
    reason: 'the JDK is given one part for each URI; two under one name are refused here before anything is hashed',
    names: ['row 106 another part with the Content-ID of the signed one, first'],
  },
];

/** The JDK refuses what xmlsec1 and we take. */
export const JDK_IS_STRICTER: readonly Explained[] = [
  {
    reason: 'the JDK is given parts by their plain URI and does not decode the one in the reference (R14)',
    names: ['R14 T68 a part is referred to with percent-encoding'],
  },
  {
    reason: 'the JDK refuses a KeyInfo that it cannot read, though its key is not used; we never look into it',
    names: ['row 147 KeyInfo empty', 'row 147 RetrievalMethod to outside with XSLT'],
  },
];

/** Over the messages of another product: xmlsec1 or the JDK verifies, we refuse; there is none that we alone take. */
export const PEER_WE_ARE_STRICTER: readonly Explained[] = [
  {
    reason: 'both read through a comment in a DigestValue; two readings of one value are refused here (row 142)',
    names: ['a comment in a DigestValue'],
  },
  {
    reason: 'this xmlsec1 takes the key out of KeyInfo; we take none but that of the CPA',
    names: ['the certificate of the other side'],
  },
];
