// What leaves the gateway, read back from the wire: business messages and every signal, in the profiles and both reply modes.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ACTOR, MSH_SERVICE, OIN_TYPE, SYNC_REPLY } from '../../adapter/base/index.ts';
import { submitMessage } from '../../adapter/gateway/index.ts';
import { inbound, putCpa, TEST_SERVICE, testCpa, URL_A, URL_B } from '../fixtures/gateway.ts';
import { ownPairs, type Pair, type Post, recordedPost } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { read } from '../fixtures/signal.ts';

const pair = ownPairs();

const to = (p: Pair, url: string): readonly Post[] => p.wire.posts.filter((post) => post.url === url);

/** Of one message with these changes, before B has seen it. */
const recorded = (p: Pair, change: Parameters<Pair['submit']>[1] = {}): Promise<Post> =>
  recordedPost(p, '<proef/>', change);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

const content = (id: string, contentType: string, text: string) => ({
  contentId: `${id}@a.test`,
  contentType,
  content: Buffer.from(text),
});

describe('a business message of ours', () => {
  const profiles = [
    ['osb-be', undefined],
    ['osb-be-s', undefined],
    ['osb-rm', false],
    ['osb-rm-s', true],
  ] as const;
  test.each(profiles)(
    'R85 R100 DK-091 T114 T115 %s asks for an Acknowledgment as agreed (signed: %s)',
    async (profile, signed) => {
      const { ackRequested, header } = read((await recorded(await pair({ profile }))).body);
      expect(ackRequested.map((ack) => ack.signed)).toEqual(signed === undefined ? [] : [signed]);
      expect(ackRequested.every(({ actor }) => actor === undefined || actor === ACTOR.toPartyMsh)).toBe(true);
      expect(header.duplicateElimination).toBe(signed !== undefined);
      expect(header.timeToLive === undefined).toBe(signed === undefined);
    },
  );

  test.each(['none', 'mshSignalsOnly'] as const)(
    'R81 C26 T186 SyncReply is there when the CPA says %s',
    async (syncReply) => {
      expect(read((await recorded(await pair({ syncReply }))).body).syncReply).toEqual(
        syncReply !== 'none' && SYNC_REPLY,
      );
    },
  );

  test('R41 DK-053 T12 T63 each of three parts has one Reference, and they arrive in their order and with their types', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    const contents = [
      content('een', 'application/pdf', '%PDF'),
      content('twee', 'text/xml; charset=UTF-8', '<a/>'),
      content('drie', 'application/octet-stream', ''),
    ];
    const post = await recorded(p, { contents });
    const hrefs = read(post.body).manifest?.references.map(({ href }) => href);
    expect(hrefs).toEqual(['cid:een@a.test', 'cid:twee@a.test', 'cid:drie@a.test']);
    expect(post.body.toString().match(/<eb:Reference [^>]*xlink:type="simple"/g)).toHaveLength(3);
    await p.b.gateway.receive(inbound(post.body, post.headers, OIN_A));
    const [received] = await p.received();
    expect(received?.parts.map(({ contentType }) => contentType)).toEqual(contents.map((one) => one.contentType));
  });

  test('R44 T69 References in another order than the parts are matched by their ids', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    const post = await recorded(p, {
      contents: [content('een', 'text/plain', '1'), content('twee', 'text/plain', '2')],
    });
    const swapped = post.body
      .toString('latin1')
      .replace(/(<eb:Reference [^>]*><\/eb:Reference>)(<eb:Reference [^>]*><\/eb:Reference>)/, '$2$1');
    expect(swapped).not.toBe(post.body.toString('latin1'));
    const reply = await p.b.gateway.receive(inbound(Buffer.from(swapped, 'latin1'), post.headers, OIN_A));
    expect(read(reply.body).acknowledgment).toBeDefined();
    expect((await p.received())[0]?.parts.map(({ contentId }) => contentId)).toEqual(['een@a.test', 'twee@a.test']);
  });

  test('R40 T11 without parts there is no Manifest and no package', async () => {
    const post = await recorded(await pair({ profile: 'osb-rm' }), { contents: [] });
    expect(read(post.body).manifest).toBeUndefined();
    expect(post.headers['content-type']).toMatch(/^text\/xml/);
  });

  test('R140 R33 T53 T188 SOAPAction is "ebXML", MIME stays out of the headers, the MessageId is a UUID at a domain', async () => {
    const post = await recorded(await pair());
    expect(post.headers).toEqual({ 'content-type': expect.any(String), soapaction: '"ebXML"' });
    expect(read(post.body).header.messageId).toMatch(/^[0-9a-f-]{36}@[^@\s<>]+$/);
  });

  test('R9 R10 T9 T10 T15 the envelope says UTF-8, is UTF-8, and needs no XML declaration to say it', async () => {
    const { body } = await recorded(await pair(), { conversationId: 'gesprék-één-€' });
    const [, root = ''] =
      body
        .toString('latin1')
        .split(/\r\n--/, 1)[0]
        ?.split('\r\n\r\n') ?? [];
    expect(body.toString('latin1')).toMatch(/^--[^\r]+\r\nContent-Type: text\/xml; charset=UTF-8\r\n/);
    expect(root).toMatch(/^<SOAP:Envelope/);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(root, 'latin1'));
    expect(text).toContain('<eb:ConversationId>gesprék-één-€</eb:ConversationId>');
  });

  test('R34 R35 T51 T56 a first message names no earlier one, and says its time in UTC', async () => {
    const p = await pair();
    const { body } = await recorded(p);
    expect(read(body).header.refToMessageId).toBeUndefined();
    const said = /<eb:Timestamp>([^<]*)</.exec(body.toString())?.[1] ?? '';
    expect(said).toMatch(/Z$/);
    expect(Date.parse(said)).toBe(p.clock.now());
  });

  test('R50 R54 R57 T88 it is signed as the CPA says, over the envelope and over each part', async () => {
    const p = await pair();
    const contents = [content('een', 'text/plain', '1'), content('twee', 'text/plain', '2')];
    const text = (await recorded(p, { contents })).body.toString();
    const [, signature = ''] = /<SOAP:Header>.*(<ds:Signature .*<\/ds:Signature>)<\/SOAP:Header>/s.exec(text) ?? [];
    const all = (pattern: RegExp) => [...signature.matchAll(pattern)].map(([, found]) => found);
    expect(all(/<ds:SignatureMethod Algorithm="[^"]*#([^"]*)"/g)).toEqual(['rsa-sha256']);
    expect(all(/<ds:DigestMethod Algorithm="[^"]*#([^"]*)"/g)).toEqual(['sha256', 'sha256', 'sha256']);
    expect(all(/<ds:Reference[^>]* URI="([^"]*)"/g)).toEqual(['', 'cid:een@a.test', 'cid:twee@a.test']);
    expect(all(/<ds:Transform Algorithm="([^"]*)"/g)).toEqual([
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/TR/1999/REC-xpath-19991116',
      'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
    ]);
  });

  test('R31 T49 the Service of the MSH is not for applications', async () => {
    const p = await pair();
    const told = await submitMessage(
      {
        cpaId: 'TEST_A_B',
        from: { partyIds: [{ value: OIN_A, type: OIN_TYPE }] },
        to: { partyIds: [{ value: OIN_B, type: OIN_TYPE }] },
        service: { value: MSH_SERVICE },
        action: 'Ping',
        uuid: 'a',
        contents: [],
      },
      p.a.context,
    );
    expect(told.ok ? [] : told.error.map(({ rule }) => rule)).toEqual(['R31']);
  });
});

describe('an Acknowledgment of ours', () => {
  test.each(['none', 'mshSignalsOnly'] as const)(
    'R39 R82 R87 T117 T180 T191 with syncReply %s it is a message of its own, in the response or by one POST',
    async (syncReply) => {
      const p = await pair({ profile: 'osb-rm', syncReply });
      const record = await p.submit('<proef/>', { conversationId: 'gesprek-1' });
      await p.settle();
      const [sent] = to(p, URL_B);
      const own = to(p, URL_A);
      expect(own).toHaveLength(syncReply === 'none' ? 1 : 0);
      const reply = sent?.reply?.kind === 'response' ? sent.reply.body : undefined;
      expect(reply?.length === 0).toBe(syncReply === 'none');
      expect(sent?.reply).toMatchObject({ status: syncReply === 'none' ? 204 : 200 });
      const ack = read(own[0]?.body ?? reply);
      expect(ack.header).toMatchObject({
        from: { partyIds: [{ value: OIN_B, type: OIN_TYPE }] },
        to: { partyIds: [{ value: OIN_A, type: OIN_TYPE }] },
        cpaId: 'TEST_A_B',
        service: { value: MSH_SERVICE },
        action: 'Acknowledgment',
        conversationId: 'gesprek-1',
        messageId: expect.not.stringContaining(record.messageId),
        refToMessageId: record.messageId,
      });
      expect(ack.acknowledgment?.timestamp.instant).toBe((await p.received())[0]?.acceptedAt);
      expect(ack.acknowledgment).toMatchObject({ refToMessageId: record.messageId, actor: ACTOR.toPartyMsh });
      expect([ack.manifest, ack.errorList, ack.ackRequested]).toEqual([undefined, undefined, []]);
    },
  );

  test('R30 R26 R90 T50 T135 T136 it keeps the ConversationId, carries no Role, asks for nothing and gets nothing', async () => {
    const p = await pair({ profile: 'osb-rm-s' });
    await p.submit('<proef/>', { conversationId: 'gesprek-2' });
    await p.settle();
    const ack = read(to(p, URL_A)[0]?.body);
    expect(ack.header.conversationId).toBe('gesprek-2');
    expect([ack.header.from.role, ack.header.to.role]).toEqual([undefined, undefined]);
    expect(ack.ackRequested).toEqual([]);
    expect(p.wire.posts.map(({ url }) => url)).toEqual([URL_B, URL_A]);
    expect(p.wire.posts[1]?.reply).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  });

  describe('R92 R93 a signed one', () => {
    /** Digests by what they are of. */
    const digestsIn = (text: string): string[] =>
      [...text.matchAll(/<ds:Reference[^>]* URI="([^"]*)".*?<ds:DigestValue>([^<]*)</gs)].map(
        ([, uri, digest]) => `${uri} ${digest}`,
      );
    const parts = (post: Post | undefined) => {
      const text = post?.body.toString() ?? '';
      const [block = ''] = /<eb:Acknowledgment .*<\/eb:Acknowledgment>/s.exec(text) ?? [];
      const [signature = ''] = /<ds:Signature .*<\/ds:Signature>/s.exec(text) ?? [];
      return { block: digestsIn(block), own: digestsIn(signature) };
    };

    test('R92 R93 T107 has the References of the signed message, and a signature over itself', async () => {
      const p = await pair({ profile: 'osb-rm-s' });
      await p.submit();
      await p.settle();
      const { block, own } = parts(to(p, URL_A)[0]);
      expect(block).toHaveLength(2);
      expect(block).toEqual(parts(to(p, URL_B)[0]).own);
      expect(own).toEqual([expect.stringMatching(/^ \S+/)]);
      expect(own[0]).not.toBe(block[0]);
    });

    test('R92 R93 T108 about an unsigned message has those that its signature would have had', async () => {
      const p = await pair({ profile: 'osb-rm-s' });
      const xml = (await testCpa()).replaceAll(/(tp:isNonRepudiationRequired=")true/g, '$1false');
      for (const one of [p.a, p.b]) {
        await putCpa(one.store, xml, p.clock.now());
        await one.context.agreements.refresh();
      }
      const record = await p.submit();
      await p.settle();
      const message = to(p, URL_B)[0]?.body.toString() ?? '';
      expect(message).toContain('eb:signed="true"');
      expect(message).not.toContain('ds:Signature');
      const [cid = ''] = /cid:[^"]*/.exec(message) ?? [];
      const [envelope = ''] = /<SOAP:Envelope.*<\/SOAP:Envelope>/s.exec(message) ?? [];
      const { block, own } = parts(to(p, URL_A)[0]);
      // What is written is canonical already; no SyncReply, so the XPath leaves nothing out.
      expect(block).toEqual([` ${sha256(envelope)}`, `${cid} ${sha256('<proef/>')}`]);
      expect(own).toHaveLength(1);
      expect((await p.sent(record)).state).toBe('acknowledged');
    });
  });
});

test.each(['none', 'mshSignalsOnly'] as const)(
  'R35 R82 R88 T50 T149 T181 with syncReply %s question and answer are each acknowledged, and the answer names the question',
  async (syncReply) => {
    const p = await pair({ profile: 'osb-rm', syncReply });
    const question = await p.submit();
    await p.settle();
    const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }] });
    const answered = await submitMessage(
      {
        cpaId: 'TEST_A_B',
        from: party(OIN_B),
        to: party(OIN_A),
        service: TEST_SERVICE,
        action: 'ggk_Du01',
        uuid: 'antwoord',
        conversationId: question.conversationId,
        refToMessageId: question.messageId,
        contents: [content('antwoord', 'text/xml', '<a/>')],
      },
      p.b.context,
    );
    if (!answered.ok) throw new Error('not submitted');
    await p.settle();
    expect((await p.sent(question)).state).toBe('acknowledged');
    const [sent] = await p.b.store.load([answered.value.record.id]);
    expect(sent?.state).toBe('acknowledged');
    const posts = p.wire.posts.map(({ url, body }) => [url, read(body).header.action]);
    const signals = syncReply === 'none' ? 1 : 0;
    const ack = (url: string) => Array(signals).fill([url, 'Acknowledgment']);
    expect(posts).toEqual([[URL_B, 'ggk_Di01'], ...ack(URL_A), [URL_A, 'ggk_Du01'], ...ack(URL_B)]);
    const [received] = (await p.a.store.search({ direction: 'in' }, { limit: 10 })).messages;
    expect(received).toMatchObject({ refToMessageId: question.messageId, conversationId: question.conversationId });
  },
);

describe('a MessageError of ours', () => {
  const late = (post: Post): Buffer =>
    Buffer.from(
      post.body.toString('latin1').replace(/<eb:TimeToLive>[^<]*</, '<eb:TimeToLive>2001-01-01T00:00:00Z<'),
      'latin1',
    );

  test('R146 R77 T72 T77 T182 synchronous: the body of a 200, with the ErrorList in the header and nothing in the body', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    const post = await recorded(p);
    const reply = await p.b.gateway.receive(inbound(late(post), post.headers, OIN_A));
    expect(reply.status).toBe(200);
    const error = read(reply.body);
    expect(error.header).toMatchObject({ action: 'MessageError', refToMessageId: read(post.body).header.messageId });
    expect(error.header.service).toEqual({ value: MSH_SERVICE });
    expect(error.errorList).toMatchObject({ highestSeverity: 'Error', errors: [{ errorCode: 'TimeToLiveExpired' }] });
    expect([error.manifest, error.ackRequested, error.acknowledgment]).toEqual([undefined, [], undefined]);
  });

  test('R80 R142 T192 asynchronous: an empty 2xx, and a POST to the partner, unsigned also where messages are signed', async () => {
    const p = await pair({ profile: 'osb-rm-s' });
    const post = await recorded(p, { action: 'ggk_Di01' });
    const other = Buffer.from(post.body.toString('latin1').replace('<proef/>', '<proeg/>'), 'latin1');
    const reply = await p.b.gateway.receive(inbound(other, post.headers, OIN_A));
    expect([reply.status, reply.body?.length ?? 0]).toEqual([204, 0]);
    await p.b.work();
    const error = read(to(p, URL_A)[0]?.body);
    expect(error.errorList?.errors[0]?.errorCode).toBe('SecurityFailure');
    expect(error.signatures).toBe(0);
  });

  test('R76 C20 T82 where the CPA has an endpoint for errors the error arrives there, and nothing at the other', async () => {
    const p = await pair({ profile: 'osb-rm-s' });
    const xml = (await testCpa({ profile: 'osb-rm-s' })).replace(
      new RegExp(`<tp:Endpoint[^>]*${URL_A}[^>]*/>`),
      `<tp:Endpoint tp:uri="${URL_A}" tp:type="allPurpose"/><tp:Endpoint tp:uri="${URL_A}/fout" tp:type="error"/>`,
    );
    for (const side of [p.a, p.b]) {
      await putCpa(side.store, xml, p.clock.now());
      await side.context.agreements.refresh();
    }
    const arrived: string[] = [];
    p.wire.doors.set(`${URL_A}/fout`, async (request) => {
      arrived.push(request.headers['content-type'] ?? '');
      return p.a.gateway.receive(request);
    });
    p.wire.faults.push(async (_url, body, headers) => {
      const bad = Buffer.from(body.toString('latin1').replace('<proef/>', '<proeg/>'), 'latin1');
      const { status } = await p.b.gateway.receive(inbound(bad, headers, OIN_A));
      return { kind: 'response', status, headers: {}, body: Buffer.alloc(0) };
    });
    const record = await p.submit();
    await p.settle();
    expect(arrived).toEqual(['text/xml; charset=UTF-8']);
    expect(to(p, URL_A)).toEqual([]);
    expect((await p.sent(record)).state).toBe('rejected');
  });

  test('R76 T81 who may not speak for the sender gets it in the response; nothing is posted anywhere', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const post = await recorded(p);
    const before = p.wire.posts.length;
    const reply = await p.b.gateway.receive(inbound(post.body, post.headers, OIN_B));
    expect(read(reply.body).errorList?.errors[0]?.errorCode).toBe('SecurityFailure');
    await p.b.work();
    expect(p.wire.posts).toHaveLength(before);
  });
});

test('C8 T36 a To that nobody knows is refused, and not passed on', async () => {
  const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
  const post = await recorded(p);
  const [head = '', tail = ''] = post.body.toString('latin1').split('<eb:To>');
  const body = Buffer.from(`${head}<eb:To>${tail.replace(OIN_B, '00000099000000009000')}`, 'latin1');
  const before = p.wire.posts.length;
  const reply = await p.b.gateway.receive(inbound(body, post.headers, OIN_A));
  const [error] = read(reply.body).errorList?.errors ?? [];
  expect(error).toMatchObject({ errorCode: 'Inconsistent', location: '//Header/MessageHeader/To/PartyId' });
  await p.b.work();
  expect(p.wire.posts).toHaveLength(before);
  expect(await p.received()).toEqual([]);
});

test('DK-112 C8 a sound message that is addressed to somebody else is refused, and not passed on', async () => {
  const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
  const post = await recorded(p);
  const before = p.wire.posts.length;
  const reply = await p.a.gateway.receive(inbound(post.body, post.headers, OIN_A));
  const [error] = read(reply.body).errorList?.errors ?? [];
  expect(error).toMatchObject({ errorCode: 'Inconsistent', location: '//Header/MessageHeader/To/PartyId' });
  await p.a.work();
  expect(p.wire.posts.slice(before).filter(({ url }) => url !== URL_B)).toEqual([]);
  expect((await p.a.store.search({ direction: 'in', states: ['received'] }, { limit: 10 })).messages).toEqual([]);
});

test('DK-014 T196 a fault in a 500 is read for the operator, and the message goes again', async () => {
  const p = await pair();
  const fault =
    '<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body><SOAP:Fault><faultcode>SOAP:Server</faultcode><faultstring>even niet</faultstring></SOAP:Fault></SOAP:Body></SOAP:Envelope>';
  p.wire.faults.push(() => ({
    kind: 'response',
    status: 500,
    headers: { 'content-type': 'text/xml' },
    body: Buffer.from(fault),
  }));
  const record = await p.submit();
  await p.a.work();
  const journal = await p.a.store.journal(record.id);
  expect(journal.map(({ detail }) => detail ?? '').join()).toContain('SOAP Fault Server: even niet');
  p.clock.pass(60_000);
  await p.settle();
  expect((await p.sent(record)).state).toBe('acknowledged');
});
