// A simulated partner from a JSON file: who it is, its keys, its CPAs, where it listens.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { parseCpa } from '../../adapter/agreement/index.ts';
import { DUTCH } from '../../adapter/config/index.ts';
import type { SigningKey } from '../../adapter/dsig/index.ts';
import { jsonFaults } from '../json-faults.ts';
import { WrongUse } from '../output.ts';
import { BEHAVIOUR_EXPECTED, type Behaviour, parseBehaviour } from './behaviours.ts';
import type { PartnerOptions } from './partner.ts';
import { createResponder } from './respond.ts';
import type { TlsIdentity } from './wire.ts';

const pair = z.strictObject({ keyFile: z.string(), certFile: z.string() });
const port = z.number().int().min(0).max(65_535);

/** How a partner is described; names of files are relative to the description. */
const partnerJson = z.strictObject({
  name: z.string().min(1),
  oin: z.string().min(1),
  /** StUF application name in the retourberichten that it makes. */
  applicatie: z.string(),
  cpaFiles: z.array(z.string()).min(1),
  caFile: z.string(),
  tls: pair,
  /** For `otherCertificate`. */
  otherTls: pair.exactOptional(),
  signing: pair,
  /** For `signWrong`. */
  wrongSigning: pair.exactOptional(),
  port: port.exactOptional(),
  controlPort: port.exactOptional(),
  /** Answers each heenbericht with its retourbericht. */
  respond: z.boolean().exactOptional(),
});

type PairJson = z.infer<typeof pair>;
export type PartnerJson = z.infer<typeof partnerJson>;

/** Reads the file; names in it are relative to it. `extra` misbehaviours come from the command line. */
export function readPartner(file: string, extra: readonly string[]): { json: PartnerJson; options: PartnerOptions } {
  const json = describe(file);
  const behaviours = extra.map(readBehaviour);
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

/** A misbehaviour as the command line gives it; wrong use names what was found and every name there is. */
export function readBehaviour(text: string): Behaviour {
  const behaviour = parseBehaviour(text);
  if (behaviour !== undefined) return behaviour;
  throw new WrongUse(`--misbehave ${text}: ${BEHAVIOUR_EXPECTED}`);
}

function describe(file: string): PartnerJson {
  let value: unknown;
  try {
    value = JSON.parse(read(file));
  } catch (error) {
    if (error instanceof WrongUse) throw error;
    throw new WrongUse(`${file}: geen geldige JSON`);
  }
  const parsed = partnerJson.safeParse(value, DUTCH);
  if (parsed.success) return parsed.data;
  throw new WrongUse(
    jsonFaults(parsed.error.issues)
      .map((fault) => `${file}: ${fault}`)
      .join('\n'),
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new WrongUse(
      `${file}: kan niet worden gelezen. Zonder --config hoort de partner bij een demo: start die eerst met npm run demo -- --keep`,
    );
  }
}
