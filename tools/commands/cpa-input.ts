// The input of `dk cpa create`: a JSON file with the data of two parties, every fault named with its field.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { CpaInput, PartyData } from '../../adapter/agreement/index.ts';
import { parseDateTime } from '../../adapter/base/index.ts';
import { DUTCH, expecting } from '../../adapter/config/index.ts';
import { jsonFaults } from '../json-faults.ts';
import { WrongUse } from '../output.ts';

const moment = z
  .string()
  .refine((text) => parseDateTime(text) !== undefined, 'verwacht een tijdstip zoals 2030-01-31T00:00:00Z');
const party = z.strictObject({
  oin: z.string(),
  name: z.string(),
  role: z.string(),
  endpoint: z.string(),
  tlsCertificateFile: z.string(),
  serverCertificateFile: z.string().optional(),
  signingCertificateFile: z.string().optional(),
});
const exchange = z.strictObject({
  from: z.union([z.literal(0), z.literal(1)], expecting('verwacht 0 of 1: welke van de twee partijen zendt')),
  service: z.string(),
  serviceType: z.string().optional(),
  action: z.string(),
  profile: z.enum(
    ['osb-be', 'osb-rm', 'osb-be-s', 'osb-rm-s'],
    expecting('verwacht osb-be, osb-rm, osb-be-s of osb-rm-s; andere profielen zijn er in deze versie niet'),
  ),
});
const input = z.strictObject({
  cpaId: z.string(),
  start: moment,
  end: moment,
  parties: z.tuple([party, party], expecting('verwacht twee partijen')),
  exchanges: z.array(exchange),
  retries: z.number().int().min(0).optional(),
  retryInterval: z.string().optional(),
  persistDuration: z.string().optional(),
  syncReply: z.enum(['none', 'mshSignalsOnly']).optional(),
  hashFunction: z.string().optional(),
  signatureAlgorithm: z.string().optional(),
});

type PartyJson = z.infer<typeof party>;

/** Reads and checks the input; `file` is for messages and for names of certificates, which are relative to it. */
export function readCreateInput(text: string, file: string): CpaInput {
  const parsed = input.safeParse(readJson(text, file), DUTCH);
  if (!parsed.success)
    throw new WrongUse(
      jsonFaults(parsed.error.issues)
        .map((fault) => `${file}: ${fault}`)
        .join('\n'),
    );
  const { parties, start, end, ...rest } = parsed.data;
  const unread: string[] = [];
  const read = (one: PartyJson, index: number): PartyData =>
    readParty(one, (name) => {
      const pem = readText(resolve(dirname(file), one[name] ?? ''));
      if (pem === undefined) unread.push(`${file}: parties[${index}].${name}: ${one[name]} kan niet worden gelezen`);
      return pem ?? '';
    });
  const both: CpaInput['parties'] = [read(parties[0], 0), read(parties[1], 1)];
  if (unread.length > 0) throw new WrongUse(unread.join('\n'));
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...(given as Partial<CpaInput> as CpaInput),
    start: instant(start, `${file}: start`),
    end: instant(end, `${file}: end`),
    parties: both,
  };
}

function readJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WrongUse(`${file}: geen geldige JSON`);
  }
}

type CertificateField = 'tlsCertificateFile' | 'serverCertificateFile' | 'signingCertificateFile';

function readParty(one: PartyJson, read: (name: CertificateField) => string): PartyData {
  const { oin, name, role, endpoint } = one;
  return {
    oin,
    name,
    role,
    endpoint,
    tlsCertificatePem: read('tlsCertificateFile'),
    ...(one.serverCertificateFile === undefined ? {} : { serverCertificatePem: read('serverCertificateFile') }),
    ...(one.signingCertificateFile === undefined ? {} : { signingCertificatePem: read('signingCertificateFile') }),
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A moment that the user wrote, or wrong use at `where`. */
export function instant(text: string, where: string): number {
  const parsed = parseDateTime(text);
  if (parsed === undefined) throw new WrongUse(`${where}: verwacht een tijdstip zoals 2030-01-31T00:00:00Z`);
  return parsed.instant;
}
