// The endpoint and the client against each other over mutual TLS.
import { afterEach, describe, expect, test } from '@jest/globals';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';
import { closeAll, materialOf, PATH, readAll, startClient, startEndpoint, xmlBody } from './rig.ts';

afterEach(closeAll);

async function pair() {
  const pki = await testPki();
  const endpoint = await startEndpoint({ listener: { kind: 'mtls', tls: materialOf(pki, pki.party('partij-b').tls) } });
  const client = startClient({ tls: materialOf(pki, pki.party('partij-a').tls) });
  return { pki, endpoint, client };
}

describe('mutual TLS', () => {
  test('TLS002 DK-003 PKI001 a post arrives with the proven OIN of its sender', async () => {
    const { pki, endpoint, client } = await pair();
    const outcome = await client.post({ url: endpoint.url, peerOin: OIN_B }, xmlBody('<hallo/>'));
    expect(outcome).toMatchObject({ kind: 'response', status: 204 });
    const [seen] = endpoint.seen;
    expect(seen?.body.toString()).toBe('<hallo/>');
    expect(seen?.request).toMatchObject({ method: 'POST', path: PATH, remoteAddress: '127.0.0.1' });
    expect(seen?.request.headers).toMatchObject({ soapaction: '"ebXML"', 'content-length': '8' });
    expect(seen?.request.peer).toMatchObject({ oin: OIN_A, fingerprint: pki.party('partij-a').tls.fingerprint });
    expect(seen?.request.peer?.serial).toBe(pki.party('partij-a').tls.serial);
    expect(seen?.request.peer?.subject).toContain('CN=partij-a');
  });

  test('R145 the reply comes back with its headers and body', async () => {
    const pki = await testPki();
    const tls = materialOf(pki, pki.party('partij-b').tls);
    const endpoint = await startEndpoint({ listener: { kind: 'mtls', tls } }, async (request) => {
      const body = await readAll(request);
      return { status: 200, headers: { 'Content-Type': 'text/xml', SOAPAction: '"ebXML"' }, body };
    });
    const client = startClient({ tls: materialOf(pki, pki.party('partij-a').tls) });
    const outcome = await client.post({ url: endpoint.url, peerOin: OIN_B }, xmlBody('<ack/>'));
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
    if (outcome.kind !== 'response') throw new Error('no response');
    expect(Buffer.from(outcome.body).toString()).toBe('<ack/>');
    expect(outcome.headers).toMatchObject({ 'content-type': 'text/xml', soapaction: '"ebXML"', 'content-length': '6' });
  });

  test('D11 posts one after another share connections', async () => {
    const { endpoint, client } = await pair();
    for (let i = 0; i < 20; i += 1) {
      const outcome = await client.post({ url: endpoint.url, peerOin: OIN_B }, xmlBody());
      expect(outcome.kind).toBe('response');
    }
    expect(endpoint.seen).toHaveLength(20);
    // undici may open a second one when the next post comes in the same tick as the last reply.
    expect(endpoint.server.load().connections).toBeLessThanOrEqual(2);
    expect(new Set(endpoint.seen.map(({ request }) => request.cid)).size).toBe(20);
  });

  test('row 111 a streamed body of 3 MB arrives whole', async () => {
    const { endpoint, client } = await pair();
    const piece = Buffer.alloc(100_000, 0x61);
    async function* pieces() {
      for (let i = 0; i < 30; i += 1) yield piece;
    }
    const outcome = await client.post(
      { url: endpoint.url, peerOin: OIN_B },
      { headers: { 'Content-Length': '1' }, bytes: 3_000_000, body: pieces },
    );
    expect(outcome).toMatchObject({ kind: 'response', status: 204 });
    expect(endpoint.seen[0]?.body.length).toBe(3_000_000);
    expect(endpoint.seen[0]?.request.headers['content-length']).toBe('3000000');
  });

  test('a stream of another length than announced is a failure, not a broken message', async () => {
    const { endpoint, client } = await pair();
    async function* pieces() {
      yield Buffer.alloc(10);
    }
    const outcome = await client.post({ url: endpoint.url, peerOin: OIN_B }, { headers: {}, bytes: 20, body: pieces });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'protocol' });
    expect(endpoint.seen).toHaveLength(0);
  });

  test('security sheet §2.6 after a reload with a new CRL a kept-alive connection has to prove itself again', async () => {
    const { pki, endpoint, client } = await pair();
    const target = { url: endpoint.url, peerOin: OIN_B };
    expect((await client.post(target, xmlBody())).kind).toBe('response');
    const a = pki.party('partij-a').tls;
    const revoking = await pki.issuingCrl({ serials: [a.serial] });
    const tls = { ...materialOf(pki, pki.party('partij-b').tls), crl: [pki.root.crlPem, pki.domain.crlDer, revoking] };
    expect(endpoint.server.reload({ tls }).ok).toBe(true);
    expect(await client.post(target, xmlBody())).toMatchObject({ kind: 'response', status: 403 });
    expect(endpoint.events).toContainEqual(expect.objectContaining({ kind: 'peer.refused' }));
    expect(await client.post(target, xmlBody())).toMatchObject({ kind: 'failed' });
    expect(endpoint.seen).toHaveLength(1);
    expect(endpoint.events).toContainEqual(expect.objectContaining({ kind: 'tls.refused', reason: 'CERT_REVOKED' }));
  });

  test('security sheet §2.6 a reload with lists that do not name the peer leaves its connection open', async () => {
    const { pki, endpoint, client } = await pair();
    const target = { url: endpoint.url, peerOin: OIN_B };
    for (let i = 0; i < 3; i += 1) await client.post(target, xmlBody());
    const before = endpoint.server.load().connections;
    endpoint.server.reload({ tls: materialOf(pki, pki.party('partij-b').tls) });
    for (let i = 0; i < 3; i += 1) {
      expect(await client.post(target, xmlBody())).toMatchObject({ kind: 'response', status: 204 });
    }
    expect(endpoint.server.load().connections).toBe(before);
    endpoint.server.reload({ tls: materialOf(pki, pki.party('partij-b').tls, pki.staleCrlPems) });
    expect(await client.post(target, xmlBody())).toMatchObject({ kind: 'response', status: 403 });
  });

  test('row 100 a reload with broken material changes nothing', async () => {
    const { pki, endpoint, client } = await pair();
    const broken = { ...materialOf(pki, pki.party('partij-b').tls), key: pki.party('partij-a').tls.keyPem };
    const reloaded = endpoint.server.reload({ tls: broken });
    expect(reloaded.ok).toBe(false);
    expect(reloaded.ok ? [] : reloaded.error).toEqual([expect.objectContaining({ where: 'key', severity: 'Error' })]);
    expect((await client.post({ url: endpoint.url, peerOin: OIN_B }, xmlBody())).kind).toBe('response');
    const clientReload = await client.reload({ ...broken, ca: [] });
    expect(clientReload.ok).toBe(false);
    expect((await client.post({ url: endpoint.url, peerOin: OIN_B }, xmlBody())).kind).toBe('response');
  });

  test('row 87 the client takes a new certificate without a restart', async () => {
    const { pki, endpoint, client } = await pair();
    const target = { url: endpoint.url, peerOin: OIN_B };
    await client.post(target, xmlBody());
    const renewed = await pki.issue({ commonName: 'partij-a', oin: OIN_A });
    expect((await client.reload(materialOf(pki, renewed))).ok).toBe(true);
    await client.post(target, xmlBody());
    expect(endpoint.seen.map(({ request }) => request.peer?.fingerprint)).toEqual([
      pki.party('partij-a').tls.fingerprint,
      renewed.fingerprint,
    ]);
  });

  test('close lets a running request end and refuses new ones', async () => {
    const pki = await testPki();
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let inDoor: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      inDoor = resolve;
    });
    const tls = materialOf(pki, pki.party('partij-b').tls);
    const endpoint = await startEndpoint({ listener: { kind: 'mtls', tls } }, async (request) => {
      await readAll(request);
      inDoor();
      await gate;
      return { status: 202, headers: {} };
    });
    const client = startClient({ tls: materialOf(pki, pki.party('partij-a').tls) });
    const running = client.post({ url: endpoint.url, peerOin: OIN_B }, xmlBody());
    await entered;
    const closed = endpoint.server.close(5000);
    finish();
    expect(await running).toMatchObject({ kind: 'response', status: 202 });
    await closed;
    const late = await client.post({ url: endpoint.url, peerOin: OIN_B }, xmlBody());
    expect(late).toMatchObject({ kind: 'failed', reason: 'connect' });
  });
});
