// What stands on the wire when a gateway posts: octets as a socket gets them, through the real client.
import { createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { createPartnerClient } from '../../adapter/transport/index.ts';
import { putCpa, testCpa, URL_B } from '../fixtures/gateway.ts';
import { testPair } from '../fixtures/pair.ts';

/** Answers the first request with an empty 204 once its body is whole, and gives its octets. */
function listenOnce(): Promise<{ port: number; request: Promise<string>; close(): void }> {
  let open: Socket | undefined;
  let told: (text: string) => void = () => undefined;
  const request = new Promise<string>((resolve) => {
    told = resolve;
  });
  const server = createServer((socket) => {
    open = socket;
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? Number.NaN);
      if (head < 0 || text.length !== head + 4 + length) return;
      socket.write('HTTP/1.1 204 No Content\r\n\r\n');
      told(text);
    });
  });
  const close = (): void => {
    open?.destroy();
    server.close();
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' ? (address?.port ?? 0) : 0, request, close });
    });
  });
}

test('R139 R140 T187 a message goes by POST over HTTP/1.1, with SOAPAction "ebXML" in its quotes and the length of its body', async () => {
  const partner = await listenOnce();
  const client = createPartnerClient({ allowPlainHttp: true });
  const pair = await testPair({ profile: 'osb-be' }, { a: { client } });
  try {
    const xml = (await testCpa({ profile: 'osb-be' })).replaceAll(URL_B, `http://127.0.0.1:${partner.port}/ebms`);
    await putCpa(pair.a.store, xml, pair.clock.now());
    await pair.a.context.agreements.refresh();
    await pair.submit();
    await pair.a.work(1);
    const [head = '', body = ''] = (await partner.request).split('\r\n\r\n', 2);
    const [first, ...headers] = head.split('\r\n');
    expect(first).toBe('POST /ebms HTTP/1.1');
    const of = (name: string): string[] =>
      headers.filter((line) => line.toLowerCase().startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
    expect(of('soapaction')).toEqual(['"ebXML"']);
    expect(of('host')).toEqual([`127.0.0.1:${partner.port}`]);
    const [type = ''] = of('content-type');
    expect(type).toMatch(/^multipart\/related; /);
    // The body begins with the boundary that the header names.
    expect(body).toMatch(/^--/);
    expect(type).toContain(`boundary="${/^--([^\r]*)/.exec(body)?.[1]}"`);
    expect(of('transfer-encoding')).toEqual([]);
  } finally {
    partner.close();
    await client.close();
    await pair.close();
  }
});
