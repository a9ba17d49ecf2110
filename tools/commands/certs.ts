// `dk certs dev`: makes the throw-away PKI for this machine.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { BAD_KINDS, type DevPartyOptions, makeDevPki, type WrittenPki, writeDevPki } from '../certs/index.ts';
import { NoVerdict, printJson, WrongUse } from '../output.ts';

interface DevFlags {
  readonly dir: string;
  readonly party?: readonly string[];
  readonly bits: string;
  readonly pss?: boolean;
  readonly bad?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
}

/** Test OINs (prefix 00000099), refused in production. */
const DEFAULT_PARTIES = ['00000099000000001000:gemeente', '00000099000000002000:ggk'];
const PARTY = /^(\d{8}[0-9A-Z]{12}):([a-z0-9][a-z0-9-]{0,40})$/;
const RESERVED = new Set(['ca', 'afgekeurd']);

const BAD_HELP = `
Met --bad staat in de map afgekeurd het TLS-certificaat van de eerste partij, elke keer met één fout:
${Object.entries(BAD_KINDS)
  .map(([kind, meaning]) => `  ${kind.padEnd(14)}${meaning}`)
  .join('\n')}
Waar niets bij staat wordt het als cliënt en als server geweigerd; revoked alleen door wie de intrekkingslijsten leest.`;

/** Exit code 0: written; 2: not written (wrong use, already there, disk), with the reason as of every `dk` command. */
export function certsCommand(): Command {
  const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];
  const dev = new Command('dev')
    .description(
      'maak wegwerpcertificaten voor ontwikkeling: stam-, domein- en uitgevende CA met CRL, en per partij TLS en ondertekening',
    )
    .option('--dir <map>', 'map waarin wordt geschreven', 'certs-dev')
    .option('--party <oin:naam>', 'partij, herhaalbaar; standaard gemeente en ggk', collect)
    .option('--bits <2048|3072>', 'lengte van de RSA-sleutels', '2048')
    .option('--pss', 'onderteken certificaten en CRLs met RSASSA-PSS, zoals PKIoverheid G4')
    .option('--bad', 'maak ook certificaten die geweigerd moeten worden, elk om één reden (map afgekeurd)')
    .option('--json', 'toon het resultaat als JSON')
    .option('--force', 'vervang wat er al staat')
    .addHelpText('after', BAD_HELP)
    .action(runDev);
  return new Command('certs').description('certificaten').addCommand(dev);
}

async function runDev(flags: DevFlags): Promise<void> {
  const parties = readParties(flags.party ?? DEFAULT_PARTIES);
  const { bits, dir } = flags;
  if (bits !== '2048' && bits !== '3072') throw new WrongUse(`--bits ${bits}: verwacht 2048 of 3072`);
  if ((await isFilled(dir)) && flags.force !== true)
    throw new WrongUse(`In ${dir} staan al certificaten. Gebruik --force om ze te vervangen.`);
  const written = await write(parties, flags).catch((error: unknown) => {
    const code = error !== null && typeof error === 'object' && 'code' in error ? String(error.code) : String(error);
    throw new NoVerdict('failed', `Schrijven in ${dir} is niet gelukt (${code}).`, { dir, code });
  });
  show(written, parties, flags);
}

async function write(parties: readonly DevPartyOptions[], { dir, bits, pss, bad }: DevFlags): Promise<WrittenPki> {
  await removeOld(dir);
  const keyBits = bits === '3072' ? 3072 : 2048;
  return writeDevPki(dir, await makeDevPki({ parties, keyBits, pss: pss === true, bad: bad === true }));
}

/** Throws WrongUse with the one that is wrong. */
function readParties(texts: readonly string[]): readonly DevPartyOptions[] {
  const parties: DevPartyOptions[] = [];
  for (const text of texts) {
    const [, oin, name] = PARTY.exec(text) ?? [];
    if (oin === undefined || name === undefined || RESERVED.has(name)) {
      throw new WrongUse(
        `--party ${text}: verwacht een OIN van 20 posities, een dubbele punt en een naam (kleine letters, cijfers, streepjes)`,
      );
    }
    if (parties.some((party) => party.name === name))
      throw new WrongUse(`--party ${text}: de naam ${name} komt twee keer voor`);
    parties.push({ oin, name });
  }
  return parties;
}

async function isFilled(dir: string): Promise<boolean> {
  return (await listPki(dir)).length > 0;
}

/** Folders in `dir` that this command made: `ca`, and every folder with a tls.key or rejected certificates. */
async function listPki(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: false }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const made = await Promise.all(
    folders.map(async (name) => RESERVED.has(name) || (await readdir(join(dir, name))).includes('tls.key')),
  );
  return folders.filter((_, i) => made[i]);
}

/** A party of an earlier run would otherwise stay behind with certificates of an authority that is gone. */
async function removeOld(dir: string): Promise<void> {
  for (const name of await listPki(dir)) await rm(join(dir, name), { recursive: true });
}

function show(written: WrittenPki, parties: readonly DevPartyOptions[], { json, bad }: DevFlags): void {
  if (json === true) {
    printJson({ ...written, parties });
    return;
  }
  const lines = [
    `Ontwikkelcertificaten geschreven in ${written.dir} (${written.files.length} bestanden).`,
    ...parties.map(
      ({ oin, name }) =>
        `  ${name}: OIN ${oin}, ${name}/tls.key, ${name}/tls.crt, ${name}/signing.key, ${name}/signing.crt`,
    ),
    '  vertrouwde CA-keten: ca/chain.pem; intrekkingslijsten: ca/root.crl.pem, ca/domain.crl.pem, ca/issuing.crl.pem',
    ...(bad === true
      ? [`  om mee te testen: afgekeurd/<soort>/tls.key en tls.crt; dk certs dev --help zegt wat er mis mee is`]
      : []),
    'Alleen voor deze machine: een productie-instelling die een van deze certificaten noemt, wordt geweigerd.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
