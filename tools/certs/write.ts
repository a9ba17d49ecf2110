// Writes a development PKI to disk as PEM, private keys readable by their owner only.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevAuthority, DevIdentity, DevPki } from './types.ts';

export interface WrittenPki {
  readonly dir: string;
  /** Paths relative to `dir`, in the order written. */
  readonly files: readonly string[];
}

interface OutFile {
  readonly path: string;
  readonly content: string | Buffer;
  readonly secret?: boolean;
}

/**
 * Writes `ca/` (certificates, chain.pem, a CRL per authority in PEM and DER), one folder per party (tls.key, tls.crt with
 * intermediates, signing.key, signing.crt) and, when made, `afgekeurd/<kind>/`. Existing files are overwritten; keys get mode 0600.
 */
export async function writeDevPki(dir: string, pki: DevPki): Promise<WrittenPki> {
  const files = [
    ...authorityFiles(pki),
    ...pki.parties.flatMap((party) => [
      ...identityFiles(join(party.name, 'tls'), party.tls),
      ...identityFiles(join(party.name, 'signing'), party.signing),
    ]),
    ...pki.badKinds.flatMap((kind) => identityFiles(join('afgekeurd', kind, 'tls'), pki.bad(kind))),
  ];
  for (const file of files) await writeOne(dir, file);
  return { dir, files: files.map((file) => file.path) };
}

function authorityFiles(pki: DevPki): OutFile[] {
  const named: [string, DevAuthority][] = [
    ['root', pki.root],
    ['domain', pki.domain],
    ['issuing', pki.issuing],
  ];
  return [
    ...named.flatMap(([name, ca]) => [
      { path: join('ca', `${name}.crt`), content: ca.certificatePem },
      { path: join('ca', `${name}.crl.pem`), content: ca.crlPem },
      { path: join('ca', `${name}.crl`), content: ca.crlDer },
    ]),
    { path: join('ca', 'chain.pem'), content: pki.caPem },
  ];
}

function identityFiles(base: string, identity: DevIdentity): OutFile[] {
  return [
    { path: `${base}.key`, content: identity.keyPem, secret: true },
    { path: `${base}.crt`, content: identity.chainPem },
  ];
}

async function writeOne(dir: string, file: OutFile): Promise<void> {
  const path = join(dir, file.path);
  await mkdir(join(path, '..'), { recursive: true });
  const mode = file.secret === true ? 0o600 : 0o644;
  // writeFile leaves the mode of an existing file as it is, so the old one goes first.
  await rm(path, { force: true });
  await writeFile(path, file.content, { mode, flag: 'wx' });
}
