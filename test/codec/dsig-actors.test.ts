// What may change in an envelope on its way: blocks for the next node come and go, those for the other party do not (R55).
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ACTOR, SYNC_REPLY } from '../../adapter/base/index.ts';
import { verifySignature } from '../../adapter/dsig/index.ts';
import { type EbmsMessage, writeMessage } from '../../adapter/ebms/index.ts';
import { readXml } from '../../adapter/xml/index.ts';
import { testPki } from '../fixtures/pki.ts';
import { signal, signedBy } from '../fixtures/signal.ts';

const BLOCK = 'SOAP:mustUnderstand="1" eb:version="2.0"';
const SYNC = /<eb:SyncReply [^>]*><\/eb:SyncReply>/;

/** A message that asks for an Acknowledgment, signed; with SyncReply when it is given. */
async function signed(syncReply: EbmsMessage['syncReply']): Promise<string> {
  const ackRequested = [{ version: '2.0', signed: true, actor: ACTOR.toPartyMsh }];
  return signedBy('partij-a', writeMessage(signal('doe', '1', '2', { syncReply, ackRequested })));
}

async function verdictOn(envelope: string): Promise<string> {
  const xml = readXml(Buffer.from(envelope));
  if (!xml.ok) throw new Error(xml.error.detail);
  const { certificateDer } = (await testPki()).party('partij-a').signing;
  return (await verifySignature(xml.value, [], certificateDer, { allowSha1: false })).kind;
}

describe('R55 a signature on the way', () => {
  let withSync = '';
  let without = '';
  beforeAll(async () => {
    withSync = await signed(SYNC_REPLY);
    without = await signed(false);
  });

  test('R55 T93 SyncReply taken away or put in: still valid', async () => {
    expect(await verdictOn(withSync)).toBe('valid');
    const taken = withSync.replace(SYNC, '');
    expect(taken).not.toBe(withSync);
    expect(await verdictOn(taken)).toBe('valid');
    const [block = ''] = SYNC.exec(withSync) ?? [];
    expect(await verdictOn(without.replace('<eb:AckRequested', `${block}<eb:AckRequested`))).toBe('valid');
  });

  test('R55 T94 an AckRequested of the next MSH put in: still valid', async () => {
    const next = `<eb:AckRequested SOAP:actor="${ACTOR.nextMsh}" ${BLOCK} eb:signed="false"></eb:AckRequested>`;
    expect(await verdictOn(without.replace('</SOAP:Header>', `${next}</SOAP:Header>`))).toBe('valid');
    const other = next.replace(ACTOR.nextMsh, 'urn:ander');
    expect(await verdictOn(without.replace('</SOAP:Header>', `${other}</SOAP:Header>`))).toBe('invalid');
  });

  test.each([
    ['signed', 'eb:signed="true"', 'eb:signed="false"'],
    ['version', /(<eb:AckRequested [^>]*eb:version=")2.0/, '$12.1'],
    ['actor', /(<eb:AckRequested) SOAP:actor="[^"]*"/, '$1'],
  ])('R55 T92 AckRequested of the other party changed in %s: invalid', async (_what, from, to) => {
    const changed = without.replace(from, to);
    expect(changed).not.toBe(without);
    expect(await verdictOn(changed)).toBe('invalid');
  });
});
