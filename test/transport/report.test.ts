// What is said about our own certificate before it is used: that it ends soon, that it has ended, where it comes from.
import { expect, test } from '@jest/globals';
import { holdsDevelopment, prepareTls, reportMaterial } from '../../adapter/transport/index.ts';
import { testPki } from '../fixtures/pki.ts';

async function report(daysBeforeEnd: number) {
  const pki = await testPki();
  const { tls } = pki.party('partij-a');
  const prepared = prepareTls({ key: tls.keyPem, cert: tls.chainPem, ca: [pki.caPem], crl: pki.crlPems });
  if (!prepared.ok) throw new Error(prepared.error[0]?.detail ?? '');
  const end = reportMaterial(prepared.value, Date.now()).ownNotAfter;
  return reportMaterial(prepared.value, end - daysBeforeEnd * 86_400_000);
}

test('row 88 a certificate that ends soon is told, one that ends late is not', async () => {
  expect((await report(5)).issues.map((issue) => issue.rule)).toContain('row 88');
  expect((await report(300)).issues.map((issue) => issue.rule)).not.toContain('row 88');
});

test('PKI002 row 88 a certificate that has ended is an error, and a development one is known as such', async () => {
  const ended = await report(-1);
  expect(ended.issues.filter((issue) => issue.severity === 'Error').map((issue) => issue.rule)).toContain('PKI002');
  const { certificatePem, certificateDer } = (await testPki()).party('partij-a').tls;
  expect([certificatePem, certificateDer].map(holdsDevelopment)).toEqual([true, true]);
});
