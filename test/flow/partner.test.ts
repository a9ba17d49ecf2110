// The simulated partner: a tester chooses what it sends, down to the MessageId.
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { freePorts } from '../../tools/demo/ports.ts';
import { readHttpFile } from '../../tools/http-file.ts';
import { inspectRequest } from '../../tools/inspect-request.ts';
import {
  createControl,
  createPartner,
  type Partner,
  parseBehaviour,
  readBehaviour,
  readPartner,
} from '../../tools/partner/index.ts';
import { agreementOf, TEST_SERVICE, testCpa, URL_A, URL_B } from '../fixtures/gateway.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';

const open: Partner[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((partner) => partner.close()));
});

/** Two partners without TLS, each with the other's address in the CPA. */
async function twoPartners(): Promise<{ a: Partner; b: Partner; xml: string; portB: number }> {
  const [portA = 0, portB = 0] = await freePorts(2);
  const xml = (await testCpa())
    .replaceAll(URL_A, `http://127.0.0.1:${portA}/ebms`)
    .replaceAll(URL_B, `http://127.0.0.1:${portB}/ebms`);
  const pki = await testPki();
  const make = (name: string, oin: string, port: number): Partner => {
    const { signing } = pki.party(name);
    const signingKey = { privateKey: createPrivateKey(signing.keyPem), certificateDer: signing.certificateDer };
    const tls = { key: '', cert: '', ca: '' };
    const partner = createPartner({ name, oin, port, agreements: [agreementOf(xml)], tls, signingKey });
    open.push(partner);
    return partner;
  };
  const [a, b] = [make('partij-a', OIN_A, portA), make('partij-b', OIN_B, portB)];
  await Promise.all([a.listen(), b.listen()]);
  return { a, b, xml, portB };
}

test.each(['kort@proef.test', 'een.eigen-id+met=tekens@gemeente.proef.test', 'zonder-domein'])(
  'R4 a message goes under the MessageId that the tester chose: %s',
  async (messageId) => {
    const { a, b } = await twoPartners();
    const sent = await a.send({
      cpaId: 'TEST_A_B',
      to: OIN_B,
      service: TEST_SERVICE,
      action: 'ggk_Di01',
      payload: Buffer.from('<x/>'),
      referentienummer: 'r1',
      messageId,
    });
    expect(sent.problem).toBeUndefined();
    expect(b.log().received).toMatchObject([{ messageId, kind: 'business', signature: 'valid', copy: false }]);
  },
);

test('row 98 the recording of what came in chunks is a request that an endpoint reads', async () => {
  const { a, b, xml, portB } = await twoPartners();
  const messageId = 'opname@proef.test';
  const what = { cpaId: 'TEST_A_B', to: OIN_B, service: TEST_SERVICE, action: 'ggk_Di01', referentienummer: 'r1' };
  await a.send({ ...what, messageId, payload: Buffer.from('<x/>') });
  const { headers, body } = readHttpFile(Buffer.from(b.recording(messageId) ?? []));
  const again = await fetch(`http://127.0.0.1:${portB}/ebms`, {
    method: 'POST',
    headers: { 'content-type': headers.get('content-type') ?? '', soapaction: '"ebXML"' },
    body: new Blob([body]).stream(),
    duplex: 'half',
  });
  expect(again.status).toBeLessThan(300);
  const recorded = readHttpFile(Buffer.from(b.recording(messageId) ?? []));
  expect(recorded.headers.get('user-agent')).toBe('node');
  const { answer } = await inspectRequest(recorded, {
    agreements: [agreementOf(xml)],
    now: Date.now(),
    ownParties: new Set([OIN_B]),
    allowSha1: false,
    path: '/ebms',
    contentType: undefined,
  });
  expect(answer.kind).toBe('acknowledgment');
});

test('a request to send is refused by its fields, with what was found and what is expected, and never with its payload', async () => {
  const { a, b } = await twoPartners();
  const control = createControl(a);
  try {
    const { port } = await control.listen(0);
    const send = async (body: string): Promise<{ status: number; error?: string }> => {
      const response = await fetch(`http://127.0.0.1:${port}/send`, { method: 'POST', body });
      return { ...((await response.json()) as object), status: response.status };
    };
    expect(await send('{}')).toEqual({
      status: 400,
      error: [
        'cpaId: ontbreekt; verwacht tekst',
        'to: ontbreekt; verwacht tekst',
        'service: ontbreekt; verwacht een object',
        'action: ontbreekt; verwacht tekst',
        'payload: ontbreekt; verwacht tekst',
        'referentienummer: ontbreekt; verwacht tekst',
      ].join('\n'),
    });
    const what = { cpaId: 'TEST_A_B', to: OIN_B, service: TEST_SERVICE, action: 'ggk_Di01', referentienummer: 'r1' };
    expect(await send(JSON.stringify({ ...what, cpaId: 7, payload: '<geheim/>', uuid: 'x' }))).toEqual({
      status: 400,
      error: [
        'cpaId: gevonden een getal; verwacht tekst',
        'payload: gevonden een tekst die geen base64 is; verwacht base64',
        'uuid: dit veld bestaat niet',
      ].join('\n'),
    });
    const asked = async (path: string, method = 'POST') => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await asked('/misbehave?what=onzin')).toEqual([
      400,
      expect.stringMatching(/^what: gevonden "onzin"; verwacht naam of naam:aantal, met een naam uit dropAck, /),
    ]);
    expect(await asked('/niets', 'GET')).toEqual([
      404,
      expect.stringMatching(/^GET \/niets is er niet; verwacht GET \/, /),
    ]);
    expect(await asked('/recording?messageId=x', 'GET')).toEqual([
      404,
      expect.stringMatching(/^messageId: geen bericht/),
    ]);
    expect((await send('[]')).error).toBe('gevonden een lijst; verwacht een object');
    expect((await send('{"payload": geheim}')).error).toMatch(/^geen geldige JSON; verwacht een object met cpaId/);
    const payload = Buffer.from('<x/>').toString('base64');
    expect(await send(JSON.stringify({ ...what, payload }))).toMatchObject({ status: 200 });
    expect(b.log().received).toMatchObject([{ kind: 'business' }]);
  } finally {
    await control.close();
  }
});

test.each(['dropAck:1:2', 'dropAck:', 'dropAck:0', 'dropAck:x', 'onzin:1'])(
  'a misbehaviour that is none is wrong use: %s',
  (text) => {
    expect(() => readBehaviour(text)).toThrow(`--misbehave ${text}: verwacht naam of naam:aantal`);
  },
);
test('a misbehaviour has a name and a number', () => {
  expect([parseBehaviour('dropAck:2'), parseBehaviour('delayAck')]).toEqual([
    { name: 'dropAck', amount: 2 },
    { name: 'delayAck', amount: 2000 },
  ]);
});

test('a description of a partner that is wrong names each field', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dk-partner-'));
  const file = join(folder, 'partner.json');
  const files = { keyFile: 'k', certFile: 'c' };
  const fine = { name: 'p', oin: OIN_A, applicatie: 'P', cpaFiles: ['x'], caFile: 'x', tls: files, signing: files };
  writeFileSync(file, JSON.stringify({ ...fine, port: 70_000, tls: { ...files, pasword: 'x' }, soort: 'y' }));
  try {
    const said = [
      'tls.pasword: dit veld bestaat niet',
      'port: gevonden 70000, verwacht een getal van ten hoogste 65535',
      'soort: dit veld bestaat niet',
    ];
    expect(() => readPartner(file, [])).toThrow(said.map((fault) => `${file}: ${fault}`).join('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
