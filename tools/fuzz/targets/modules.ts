// Whose branches count as coverage, per target; apart from the targets, because it is needed before anything is loaded.

/** Pieces of module paths. */
export const COVERED_MODULES: Readonly<Record<string, readonly string[]>> = {
  mime: ['/adapter/mime/'],
  xml: ['/adapter/xml/'],
  header: ['/adapter/ebms/', '/adapter/xml/'],
  cpa: ['/adapter/agreement/'],
  signature: ['/adapter/dsig/', '/adapter/xml/'],
  stuf: ['/adapter/stuf/'],
  certificate: [
    '/adapter/transport/certificate',
    '/adapter/transport/der',
    '/adapter/transport/extensions',
    '/adapter/transport/revocation',
    '/adapter/transport/signature-algorithm',
  ],
  'planted-error': ['/targets/planted'],
  'planted-hang': ['/targets/planted'],
  'planted-memory': ['/targets/planted'],
  'planted-crash': ['/targets/planted'],
};
