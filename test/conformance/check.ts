// How recorded flows are checked, whoever made them: by inspect, by a running gateway, and by the verifier of signatures alone.
import { createHash, createPrivateKey } from 'node:crypto';
import { connect } from 'node:net';
import { expect } from '@jest/globals';
import { verifySignature } from '../../adapter/dsig/index.ts';
import { type EbmsMessage, readFault, readMessage } from '../../adapter/ebms/index.ts';
import { type ExpectedAnswer, type Inspection, inspectMessage } from '../../adapter/gateway/index.ts';
import { createEbmsServer } from '../../adapter/transport/index.ts';
import { readXml } from '../../adapter/xml/index.ts';
import { entityOf, readHttpFile } from '../../tools/http-file.ts';
import { type TestGateway, testClock, testGateway, testWire } from '../fixtures/gateway.ts';
import {
  type Exchange,
  expectedAnswer,
  expectedWarnings,
  type Flow,
  firstRequest,
  judgedExchange,
  type Recording,
} from '../fixtures/peer-wire.ts';
import { testPki } from '../fixtures/pki.ts';
import { splitBody } from '../fixtures/wire/split.ts';

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

async function gatewayFor(
  recording: Recording,
  flow: Flow,
  at: number,
  wire: ReturnType<typeof testWire>,
): Promise<TestGateway> {
  const agreement = recording.agreement(flow.cpa);
  const own = agreement.parties.flatMap((party) => party.partyIds.map((id) => id.value));
  const signing = (await testPki()).party('partij-a').signing;
  // The private keys of a recording are not there, so signed answers are signed with a key of ours: their kind is what counts here.
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
    xml: recording.cpaBytes(flow.cpa),
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

export interface Verdict {
  readonly answer: ExpectedAnswer;
  readonly warnings: readonly string[];
}

/** Byte for byte into a socket of a running gateway whose clock stands at the recorded instant; what came of each request. */
export async function runningVerdicts(
  recording: Recording,
  flow: Flow,
  exchanges: readonly Exchange[],
): Promise<readonly (Verdict & { readonly body: Buffer; readonly stored: number })[]> {
  const wire = testWire();
  const gateway = await gatewayFor(recording, flow, Date.parse(exchanges[0]?.time ?? ''), wire);
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
    const verdicts = [];
    for (const one of exchanges) {
      const before = wire.posts.length;
      const raw = await exchange(port, recording.request(flow, one));
      const warnings = await acceptedWith(gateway);
      const { messages } = await gateway.store.search({ direction: 'in' }, { limit: 10 });
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(raw.toString('latin1'))?.[1]);
      const reply = raw.subarray(raw.indexOf('\r\n\r\n') + 4);
      if (status === 204) await gateway.work();
      const posted = wire.posts[before]?.body;
      const answer = posted === undefined ? answerIn(status, reply) : answerIn(200, posted);
      verdicts.push({ answer, warnings, body: posted ?? reply, stored: messages.length });
    }
    return verdicts;
  } finally {
    await server.close(100);
    await gateway.close();
  }
}

const LIMITS = { maxMessageBytes: 64 * 1024 * 1024, maxEnvelopeBytes: 4 * 1024 * 1024, maxParts: 1000 };

/** What `dk message inspect` says of the message that the verdict is about, judged at its own instant. */
export function inspected(recording: Recording, flow: Flow): Promise<Inspection> {
  const { bytes, at } = firstRequest(recording, flow);
  const agreement = recording.agreement(flow.cpa);
  return inspectMessage(entityOf(readHttpFile(bytes), undefined), {
    agreements: [agreement],
    now: at,
    ownParties: new Set(agreement.parties.flatMap((party) => party.partyIds.map((id) => id.value))),
    limits: LIMITS,
    allowSha1: false,
    signerTrust: () => undefined,
  });
}

/** What the signature of the first message proves, its parts taken apart by a splitter that is not the product's. */
export async function signatureOf(recording: Recording, flow: Flow, allowSha1: boolean) {
  const [first] = flow.exchanges;
  if (first === undefined) throw new Error(`${flow.folder} has no exchange`);
  const split = splitBody(recording.request(flow, first), recording.request(flow, first, 'body'));
  const xml = readXml(split.soap);
  if (!xml.ok) throw new Error(xml.error.detail);
  const parts = split.parts.map((part) => ({
    contentId: part.contentId,
    digest: async (algorithm: string) => createHash(algorithm).update(part.bytes).digest(),
  }));
  const certificate = recording.certificate(first.direction.slice(0, 1));
  return { xml: xml.value, verdict: await verifySignature(xml.value, parts, certificate, { allowSha1 }) };
}

/** The index against inspect. */
export async function expectInspected(recording: Recording, flow: Flow): Promise<void> {
  const inspection = await inspected(recording, flow);
  const found = (severity: string) => inspection.issues.filter((issue) => issue.severity === severity);
  const errors = found('Error').map((issue) => issue.code);
  expect({ answer: inspection.answer, errors }).toMatchObject({ answer: expectedAnswer(flow) });
  // What else was remarkable about a refused message is not in the index.
  if (errors.length > 0) return;
  expect(found('Warning').map((issue) => issue.where)).toEqual(expectedWarnings(flow));
}

/** The index against a running gateway. */
export async function expectRunning(recording: Recording, flow: Flow): Promise<void> {
  const [verdict] = await runningVerdicts(recording, flow, [judgedExchange(recording, flow)]);
  const expected = expectedAnswer(flow);
  // A Pong or StatusResponse of an asynchronous CPA is posted once beside the reply, and may be on its way still.
  expect(verdict?.answer).toEqual(expected.kind === 'fault' ? { kind: 'fault', code: expected.code } : expected);
  expect(verdict?.warnings).toEqual(expectedWarnings(flow).map((where) => expect.stringContaining(`${where}: `)));
}
