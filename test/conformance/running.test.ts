// Every recorded flow, byte for byte into a socket of a running gateway whose clock stands at the recorded instant.
import { createPrivateKey } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { type EbmsMessage, readFault, readMessage } from '../../adapter/ebms/index.ts';
import type { ExpectedAnswer } from '../../adapter/gateway/index.ts';
import { createEbmsServer } from '../../adapter/transport/index.ts';
import { readXml } from '../../adapter/xml/index.ts';
import { type TestGateway, testClock, testGateway, testWire } from '../fixtures/gateway.ts';
import {
  expectedAnswer,
  expectedWarnings,
  type Flow,
  firstRequest,
  peerAgreement,
  peerCpaBytes,
  peerFlows,
} from '../fixtures/peer-wire.ts';
import { testPki } from '../fixtures/pki.ts';
import { sharedDir } from '../fixtures/shared.ts';

const TIMEOUT_MS = 5_000;

/** Sends raw bytes and gives the raw response, once it is complete by its Content-Length or the connection ends. */
function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let got = Buffer.alloc(0);
    const done = (): void => {
      socket.destroy();
      resolve(got);
    };
    socket.setTimeout(TIMEOUT_MS, () => reject(new Error('no response in time')));
    socket.on('error', reject);
    socket.on('close', done);
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      const end = got.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = got.subarray(0, end).toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? (/ 204 /.test(head) ? 0 : Number.NaN));
      if (got.length >= end + 4 + length) done();
    });
    socket.write(bytes);
  });
}

function answerIn(status: number, body: Uint8Array): ExpectedAnswer {
  if (body.length === 0) return { kind: 'none', code: String(status) };
  const xml = readXml(body);
  if (!xml.ok) return { kind: 'none', code: String(status) };
  const fault = readFault(xml.value);
  if (fault !== undefined) return { kind: 'fault', code: fault.code };
  const read = readMessage(xml.value);
  return read.ok ? answerOf(read.value.message) : { kind: 'none', code: 'unreadable' };
}

function answerOf(message: EbmsMessage): ExpectedAnswer {
  if (message.errorList !== undefined) return { kind: 'error', code: message.errorList.errors[0]?.errorCode ?? '' };
  if (message.acknowledgment !== undefined) return { kind: 'acknowledgment', code: 'Acknowledgment' };
  if (message.statusResponse !== undefined) return { kind: 'status', code: message.statusResponse.status };
  return { kind: 'pong', code: message.header.action };
}

async function gatewayFor(flow: Flow, at: number, wire: ReturnType<typeof testWire>): Promise<TestGateway> {
  const agreement = peerAgreement(flow.cpa);
  const own = agreement.parties.flatMap((party) => party.partyIds.map((id) => id.value));
  const signing = (await testPki()).party('partij-a').signing;
  // The peers' private keys are not there, so signed answers are signed with a key of ours: their kind is what counts here.
  const keyRing = () => ({ privateKey: createPrivateKey(signing.keyPem), certificateDer: signing.certificateDer });
  const gateway = await testGateway({
    name: 'peer',
    oin: own[0] ?? '',
    cpas: [],
    clock: testClock(at),
    wire,
    override: { keyRing },
  });
  Object.assign(gateway.context.policy, { peerRequired: false, ownParties: new Set(own) });
  const cpa = {
    cpaId: agreement.cpaId,
    xml: peerCpaBytes(flow.cpa),
    sha256: agreement.sha256,
    importedAt: at,
    importedBy: 'test',
  };
  await gateway.store.agreements.put(cpa, true);
  return gateway;
}

/** What the journal says with the acceptance of every message that was accepted. */
async function acceptedWith({ store }: TestGateway): Promise<readonly string[]> {
  const { messages } = await store.search({ direction: 'in' }, { limit: 10 });
  const journals = await Promise.all(messages.map(({ id }) => store.journal(id)));
  return journals.flat().flatMap(({ event, detail }) => (event === 'accepted' ? (detail ?? []) : []));
}

interface Verdict {
  readonly answer: ExpectedAnswer;
  readonly warnings: readonly string[];
}

async function verdict(flow: Flow): Promise<Verdict> {
  const { bytes, at } = firstRequest(flow);
  const wire = testWire();
  const gateway = await gatewayFor(flow, at, wire);
  const server = createEbmsServer(
    {
      host: '127.0.0.1',
      port: 0,
      path: '/ebms',
      listener: { kind: 'plain' },
      clock: { now: () => Date.now() },
      ids: gateway.context.ids,
    },
    (request) => gateway.gateway.receive(request),
  );
  try {
    const { port } = await server.listen();
    const raw = await exchange(port, bytes);
    const warnings = await acceptedWith(gateway);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(raw.toString('latin1'))?.[1]);
    const answer = answerIn(status, raw.subarray(raw.indexOf('\r\n\r\n') + 4));
    if (status !== 204) return { answer, warnings };
    await gateway.work();
    const posted = wire.posts[0];
    return { answer: posted === undefined ? answer : answerIn(200, posted.body), warnings };
  } finally {
    await server.close(100);
    await gateway.close();
  }
}

(sharedDir() === undefined ? describe.skip : describe)(
  'peer-wire: a running gateway (compares with ../shared, skipped when it is not there)',
  () => {
    test.each(peerFlows.map((flow) => [flow.folder, flow.ours, flow] as const))(
      'R142 R143 R145 %s: %s',
      async (_folder, _ours, flow) => {
        const { answer, warnings } = await verdict(flow);
        const expected = expectedAnswer(flow);
        // A Pong or StatusResponse of an asynchronous CPA is posted once beside the reply, and may be on its way still.
        expect(answer).toEqual(expected.kind === 'fault' ? { kind: 'fault', code: expected.code } : expected);
        expect(warnings).toEqual(expectedWarnings(flow).map((where) => expect.stringContaining(`${where}: `)));
      },
    );
  },
);
