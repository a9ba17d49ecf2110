// The code that node, OpenSSL, undici or a parser gave an error; nothing else of it may be shown.

const SHOWN_CODE = /^[A-Za-z0-9_]{1,60}$/;

/** `ECONNREFUSED`, `ERR_SSL_…`, `TimeoutError` …; `onbekend` for anything that is no plain code. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'onbekend';
  const code =
    'code' in error && typeof error.code === 'string' ? error.code : 'name' in error ? error.name : undefined;
  return typeof code === 'string' && SHOWN_CODE.test(code) ? code : 'onbekend';
}
