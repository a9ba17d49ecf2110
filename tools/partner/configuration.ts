// A simulated partner from a JSON file: who it is, its keys, its CPAs, where it listens.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseCpa } from '../../adapter/agreement/index.ts';
import type { SigningKey } from '../../adapter/dsig/index.ts';
import { WrongUse } from '../output.ts';
import { parseBehaviour } from './behaviours.ts';
import type { PartnerOptions } from './partner.ts';
import { createResponder } from './respond.ts';
import type { TlsIdentity } from './wire.ts';

interface PairJson {
  readonly keyFile: string;
  readonly certFile: string;
}

export interface PartnerJson {
  readonly name: string;
  readonly oin: string;
  /** StUF application name in the retourberichten that it makes. */
  readonly applicatie: string;
  readonly cpaFiles: readonly string[];
  readonly caFile: string;
  readonly tls: PairJson;
  readonly otherTls?: PairJson;
  readonly signing: PairJson;
  readonly wrongSigning?: PairJson;
  readonly port?: number;
  readonly controlPort?: number;
  /** Answers each heenbericht with its retourbericht. */
  readonly respond?: boolean;
}

/** Reads the file; names in it are relative to it. `extra` misbehaviours come from the command line. */
export function readPartner(file: string, extra: readonly string[]): { json: PartnerJson; options: PartnerOptions } {
  const json = JSON.parse(read(file)) as PartnerJson;
  const at = (name: string): string => resolve(dirname(file), name);
  const ca = read(at(json.caFile));
  const identity = (pair: PairJson): TlsIdentity => ({
    key: read(at(pair.keyFile)),
    cert: read(at(pair.certFile)),
    ca,
  });
  const signer = (pair: PairJson): SigningKey => ({
    privateKey: createPrivateKey(read(at(pair.keyFile))),
    certificateDer: new X509Certificate(read(at(pair.certFile))).raw,
  });
  const agreements = json.cpaFiles.map((name) => {
    const parsed = parseCpa(Buffer.from(read(at(name))));
    if (!parsed.ok) throw new WrongUse(`${name}: ${parsed.error[0]?.detail ?? 'geen CPA'}`);
    return parsed.value.agreement;
  });
  const behaviours = extra.map((text) => {
    const behaviour = parseBehaviour(text);
    if (behaviour === undefined) throw new WrongUse(`--misbehave ${text}: onbekend; dk partner --help toont de namen`);
    return behaviour;
  });
  const options: PartnerOptions = {
    name: json.name,
    oin: json.oin,
    agreements,
    tls: identity(json.tls),
    ...(json.otherTls === undefined ? {} : { otherTls: identity(json.otherTls) }),
    signingKey: signer(json.signing),
    ...(json.wrongSigning === undefined ? {} : { wrongKey: signer(json.wrongSigning) }),
    ...(json.port === undefined ? {} : { port: json.port }),
    behaviours,
    ...(json.respond === true ? { respond: createResponder(json, agreements) } : {}),
  };
  return { json, options };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new WrongUse(`${file}: kan niet worden gelezen`);
  }
}
