// Another partner of the gateway under attack, with its own agreement, whose messages must be taken meanwhile.
import { randomUUID } from 'node:crypto';
import { OIN_TYPE } from '../../adapter/base/index.ts';
import { submitMessage } from '../../adapter/gateway/index.ts';
import { inbound, putCpa, TEST_SERVICE, testCpa, testGateway, testWire } from '../fixtures/gateway.ts';
import type { Pair } from '../fixtures/pair.ts';
import { OIN_B, testPki } from '../fixtures/pki.ts';

const OIN_C = '00000099000000003000';
const CPA_ID = 'TEST_C_B';

export interface Neighbour {
  /** Sends one correct message to B; true when it was acknowledged. */
  isServed(): Promise<boolean>;
  close(): Promise<void>;
}

export async function openNeighbour(pair: Pair): Promise<Neighbour> {
  const { certificatePem } = await (await testPki()).issue({ oin: OIN_C, commonName: 'partij-c' });
  const first = {
    oin: OIN_C,
    name: 'C',
    role: 'C',
    endpoint: 'https://c.localhost/ebms',
    tlsCertificatePem: certificatePem,
    signingCertificatePem: certificatePem,
  };
  const cpa = await testCpa({ cpaId: CPA_ID, profile: 'osb-rm', syncReply: 'mshSignalsOnly', first });
  await putCpa(pair.b.store, cpa, pair.clock.now());
  const wire = testWire();
  const c = await testGateway({ name: 'c', oin: OIN_C, cpas: [cpa], clock: pair.clock, wire });
  const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }] });
  return {
    async isServed() {
      const submitted = await submitMessage(
        {
          cpaId: CPA_ID,
          from: party(OIN_C),
          to: party(OIN_B),
          service: TEST_SERVICE,
          action: 'ggk_Di01',
          uuid: randomUUID(),
          contents: [{ contentId: 'p@c.test', contentType: 'application/xml', content: Buffer.from('<proef/>') }],
        },
        c.context,
      );
      if (!submitted.ok) throw new Error('the neighbour cannot submit');
      wire.posts.length = 0;
      await c.work(1);
      const [post] = wire.posts;
      if (post === undefined) throw new Error('the neighbour posts nothing');
      const reply = await pair.b.gateway.receive(inbound(post.body, post.headers, OIN_C));
      return Buffer.from(reply.body ?? []).includes('<eb:Acknowledgment');
    },
    close: () => c.close(),
  };
}
