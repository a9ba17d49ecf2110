// A SignatureValue has one writing: what decodes to the same octets and is written otherwise is refused (row 139).
import { createPrivateKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { NS } from '../../adapter/base/index.ts';
import { signEnvelope, verifySignature } from '../../adapter/dsig/index.ts';
import { readXml } from '../../adapter/xml/index.ts';
import { testPki } from '../fixtures/pki.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const ENVELOPE = `<SOAP:Envelope xmlns:SOAP="${NS.soap}"><SOAP:Header></SOAP:Header><SOAP:Body></SOAP:Body></SOAP:Envelope>`;
const METHODS = {
  signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
};

test('row 139 every other writing of the same SignatureValue is refused: other spare bits, no padding, more of it', async () => {
  const { keyPem, certificateDer } = (await testPki()).party('partij-a').signing;
  const key = { privateKey: createPrivateKey(keyPem), certificateDer };
  const { envelope } = await signEnvelope({ envelope: ENVELOPE, parts: [], key, methods: METHODS });
  const [, value = ''] = /<ds:SignatureValue>([^<]*)</.exec(envelope) ?? [];
  expect(value).toMatch(/[AQgw]==$/);
  const verdictWith = (other: string) => {
    const xml = readXml(Buffer.from(envelope.replace(value, other)));
    if (!xml.ok) throw new Error(xml.error.detail);
    return verifySignature(xml.value, [], certificateDer, { allowSha1: false });
  };
  const bare = value.replace('==', '');
  const spare = [...ALPHABET]
    .map((last) => `${bare.slice(0, -1)}${last}==`)
    .filter((other) => other !== value && Buffer.from(other, 'base64').equals(Buffer.from(value, 'base64')));
  expect(spare).toHaveLength(15);
  for (const other of [...spare, bare, `${bare}=`, `${value}=`, `${value}====`]) {
    expect(await verdictWith(other)).toMatchObject({ kind: 'invalid', reason: 'SignatureValue is not base64' });
  }
  for (const same of [value, value.replace(/.{64}/g, '$&\n')]) {
    expect(await verdictWith(same)).toMatchObject({ kind: 'valid' });
  }
});
