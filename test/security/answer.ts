// What the gateway said to an attack, in one word.

/** `ack`: harmless or allowed, so it must be taken; all others are refused and deliver nothing. */
export type Answer = 'ack' | `error ${string}` | `fault ${string}`;

/** The expected answer when it is among the errors told, else what was answered instead. */
export function answerOf(status: number, text: string, expected: string): string {
  if (text.includes('<eb:Acknowledgment')) return 'ack';
  const codes = [...text.matchAll(/eb:errorCode="([^"]+)"/g)].map(([, code]) => `error ${code}`);
  if (codes.length > 0) return codes.includes(expected) ? expected : codes.join(', ');
  const fault = /<faultcode>SOAP:([^<]+)</.exec(text)?.[1];
  return fault === undefined ? `http ${status}` : `fault ${fault}`;
}
