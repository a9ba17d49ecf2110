// Opens the store that the configuration names, or says at its option why that cannot be.
import type { Issue } from './base/index.ts';
import type { Config } from './config/index.ts';
import { Refused } from './files.ts';
import { type OpenedStore, openStore, StoreUnavailable, StoreUnfit } from './store/index.ts';

/** Throws Refused when there is no such store, and when what it holds was begun under another `messageIdDomain`. */
export async function storeOf({ store: url, messageIdDomain }: Config): Promise<OpenedStore> {
  let store: OpenedStore | undefined;
  try {
    store = await openStore(url);
    const begun = await store.keepFirst('messageIdDomain', messageIdDomain);
    if (begun !== messageIdDomain) throw new Refused([otherDomain(messageIdDomain, begun)]);
    return store;
  } catch (error) {
    await store?.close();
    if (error instanceof StoreUnfit) throw new Refused([unusable(error.message)]);
    if (error instanceof StoreUnavailable) throw new Refused([unusable(`${placeOf(url)} ${whyNot(codeOf(error))}`)]);
    throw error;
  }
}

/** What an operator can do about each; whatever starts the process again comes through when it has passed. */
const CAUSES: readonly (readonly [code: RegExp, why: string])[] = [
  [/^SQLITE_(BUSY|LOCKED)/, 'wordt nu door een ander proces beschreven; probeer het opnieuw als dat klaar is'],
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'heeft geen ruimte meer; maak ruimte op de schijf'],
  [/^SQLITE_(NOTADB|CORRUPT)/, 'heeft een gateway.db die beschadigd is of geen database; zet een back-up terug'],
];
const NOT_WRITABLE = 'kan niet worden gebruikt; verwacht een map waarin deze gateway mag schrijven';

const whyNot = (code: string): string => `${CAUSES.find(([cause]) => cause.test(code))?.[1] ?? NOT_WRITABLE} (${code})`;

const unusable = (detail: string): Issue => ({
  code: 'Store',
  severity: 'Error',
  where: 'store',
  detail,
  rule: 'row 16',
});

/** What is submitted or forwarded a second time is known by a MessageId that is made of it (row 57, D1). */
const otherDomain = (found: string, begun: string): Issue => ({
  code: 'MessageIdDomain',
  severity: 'Error',
  where: 'messageIdDomain',
  detail: `gevonden ${found}; verwacht ${begun}, waarmee deze opslag is begonnen: onder een ander domein zou wat al verzonden is niet worden herkend en nog eens gaan`,
  rule: 'row 57',
});

/** Of an URL that openStore takes: it holds no password. */
const placeOf = (url: string): string => url.replace(/^sqlite:/, '');

const codeOf = ({ cause }: StoreUnavailable): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'onbekende oorzaak';
