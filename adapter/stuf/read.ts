// Bytes to a StUF message, by the structure table; the payload is decoded once.
import { fail, NS, ok, type Result } from '../base/index.ts';
import { attribute, readXml, type XmlElement, type XmlProblem } from '../xml/index.ts';
import { decodeBase64 } from './base64.ts';
import { BESTANDSNAAM, inStuf, OTHER_VERSIONS, ROOTS, type RootSchema } from './schema.ts';
import type { StufEnvelope, StufFault, StufMessage, StufParty, StufProblem, Stuurgegevens } from './types.ts';
import { checkNoText, checkOwn, checkSimple, checkValue, problem, type Walked, walk } from './walk.ts';

/** Largest envelope accepted: 25 MB read generously (P-096, P-106). */
export const MAX_ENVELOPE_BYTES = 26_214_400;
/** Largest envelope to emit: 25 MB read strictly (stuf-ggk section 6). */
export const MAX_EMITTED_BYTES = 25_000_000;

const LIMITS = { maxBytes: MAX_ENVELOPE_BYTES, maxDepth: 64, maxElements: 100_000, maxAttributes: 1000 };
const PAYLOAD_KINDS: ReadonlySet<string> = new Set(['xmlBestand', 'tekstBestand']);
const SUPPORTED = `Ondersteund: ${NS.ggk} (StUF-GGk 2.1 patch 04) en ${NS.stuf} (StUF 03.01).`;

/**
 * Reads a Di01, Du01, Fo01, Fo03 or Bv03 of StUF-GGk 2.1 patch 04 (section 3): the verdict of the XSD, and beyond it
 * base64 without junk and a payload that is not empty (row 155). `detailsXML` of a Fo01 is allowed and not kept.
 */
export function readStuf(bytes: Uint8Array): Result<StufMessage, StufProblem> {
  const document = readXml(bytes, { limits: LIMITS, lines: true });
  if (!document.ok) return fail(fromXml(document.error));
  const { root } = document.value;
  const schema = ROOTS.find((known) => known.name === root.name && known.ns === root.ns);
  if (schema === undefined) return fail(foreignRoot(root));
  const walked: Walked = { texts: new Map(), open: new Map() };
  const found = walk(root, schema, `/${schema.name}`, walked);
  if (found !== undefined) return fail(found);
  return schema.kind === 'Di01' || schema.kind === 'Du01'
    ? readEnvelope(schema, schema.kind, walked)
    : readSignal(schema, schema.kind, walked);
}

function fromXml(error: XmlProblem): StufProblem {
  const line = error.line === undefined ? {} : { line: error.line };
  if (error.kind === 'tooLarge') {
    const detail = `Het bestand is groter dan ${MAX_ENVELOPE_BYTES} bytes.`;
    return { kind: 'xml', detail, where: '/', facet: 'tooLarge', ...line };
  }
  return { kind: 'xml', detail: XML_TEXTS[error.kind], where: '/', ...line };
}

const XML_TEXTS: Readonly<Record<Exclude<XmlProblem['kind'], 'tooLarge'>, string>> = {
  doctype: 'Een DOCTYPE is niet toegestaan.',
  notWellFormed: 'Het bestand is geen welgevormd XML.',
  tooDeep: 'Het XML-bestand is te diep genest.',
  tooMany: 'Het XML-bestand heeft te veel elementen of attributen.',
  encoding: 'De tekencodering klopt niet.',
  version: 'Deze XML-versie wordt niet ondersteund.',
};

function foreignRoot(root: XmlElement): StufProblem {
  const version = OTHER_VERSIONS.get(root.ns);
  const familiar = ROOTS.some((known) => known.name === root.name);
  const line = root.line === undefined ? {} : { line: root.line };
  if (version === undefined && !familiar) {
    return { kind: 'unknownRoot', detail: `Geen StUF-GGk-bericht. ${SUPPORTED}`, where: '/*', ...line };
  }
  const detail = `StUF-versie niet ondersteund: ${version ?? 'onbekende naamruimte'}. ${SUPPORTED}`;
  return { kind: 'otherVersion', detail, where: '/*', ...line };
}

function readEnvelope(
  schema: RootSchema,
  kind: StufEnvelope['kind'],
  walked: Walked,
): Result<StufEnvelope, StufProblem> {
  const place = `/${schema.name}/parameters/bericht`;
  const bericht = walked.open.get('parameters/bericht');
  if (bericht === undefined) throw new Error('the structure table promises parameters/bericht');
  const payload = readPayload(bericht, place);
  if (!payload.ok) return payload;
  const p = (name: string): string => walked.texts.get(`parameters/${name}`) ?? '';
  return ok({
    kind,
    stuurgegevens: stuurgegevens(walked),
    parameters: {
      applicatieVersie: p('applicatieVersie'),
      applicatieSubversie: p('applicatieSubversie'),
      functieVersie: p('functieVersie'),
      functieSubversie: p('functieSubversie'),
    },
    payload: payload.value,
  });
}

const OWN = {
  xmlBestand: { xsdType: inStuf('BinaireInhoud-basis_ggkbericht_xml') },
  tekstBestand: { xsdType: inStuf('BinaireInhoud-basis_ggkbericht_tekst'), named: 'bestandsnaam' },
} as const;

function readPayload(bericht: XmlElement, place: string): Result<StufEnvelope['payload'], StufProblem> {
  const [child, second] = bericht.children;
  const loose = checkNoText(bericht, place);
  if (loose !== undefined) return fail(loose);
  if (child === undefined || child.ns !== NS.ggk || !PAYLOAD_KINDS.has(child.name)) {
    return fail(problem(child ?? bericht, place, 'missing', 'Precies een xmlBestand of tekstBestand is vereist.'));
  }
  if (second !== undefined) {
    return fail(problem(second, `${place}/*[2]`, 'unexpected', 'Een envelop bevat precies een bericht (P-095).'));
  }
  const kind = child.name === 'xmlBestand' ? 'xmlBestand' : 'tekstBestand';
  const at = `${place}/${kind}`;
  const name = attribute(child, '', 'bestandsnaam');
  const wrong = checkOwn(child, at, OWN[kind]) ?? checkSimple(child, at);
  if (wrong !== undefined) return fail(wrong);
  if (kind === 'tekstBestand') {
    const nameWrong = checkName(child, name, `${at}/@bestandsnaam`);
    if (nameWrong !== undefined) return fail(nameWrong);
  }
  return decode(child, kind, name, at);
}

function checkName(element: XmlElement, name: string | undefined, place: string): StufProblem | undefined {
  if (name === undefined) return problem(element, place, 'missing', 'Het attribuut bestandsnaam ontbreekt.');
  return checkValue(element, name, BESTANDSNAAM, place);
}

function decode(
  child: XmlElement,
  kind: 'xmlBestand' | 'tekstBestand',
  name: string | undefined,
  place: string,
): Result<StufEnvelope['payload'], StufProblem> {
  const line = child.line === undefined ? {} : { line: child.line };
  const decoded = decodeBase64(child.text);
  if (!decoded.ok) return fail({ kind: 'base64', detail: decoded.error, where: place, ...line });
  if (decoded.value.length === 0) {
    return fail({ kind: 'empty', detail: 'De envelop bevat geen bericht: de inhoud is leeg.', where: place, ...line });
  }
  return ok({ kind, bytes: decoded.value, ...(name === undefined ? {} : { bestandsnaam: name }) });
}

function readSignal(
  schema: RootSchema,
  kind: 'Fo01' | 'Fo03' | 'Bv03',
  walked: Walked,
): Result<StufMessage, StufProblem> {
  const detailsXml = walked.open.get('body/detailsXML');
  if (detailsXml !== undefined) {
    const found = checkNoText(detailsXml, `/${schema.name}/body/detailsXML`);
    if (found !== undefined) return fail(found);
  }
  const signal = { kind, stuurgegevens: stuurgegevens(walked) };
  return ok(kind === 'Bv03' ? signal : { ...signal, fault: fault(walked) });
}

function fault(walked: Walked): StufFault {
  const b = (name: string): string | undefined => walked.texts.get(`body/${name}`);
  const details = b('details');
  return {
    code: b('code') ?? '',
    plek: b('plek') === 'server' ? 'server' : 'client',
    omschrijving: b('omschrijving') ?? '',
    ...(details === undefined ? {} : { details }),
  };
}

function stuurgegevens({ texts }: Walked): Stuurgegevens {
  const s = (name: string): string => texts.get(`stuurgegevens/${name}`) ?? '';
  const crossRefnummer = texts.get('stuurgegevens/crossRefnummer');
  const functie = texts.get('stuurgegevens/functie');
  return {
    berichtcode: s('berichtcode'),
    zender: party(texts, 'zender'),
    ontvanger: party(texts, 'ontvanger'),
    referentienummer: s('referentienummer'),
    tijdstipBericht: s('tijdstipBericht'),
    ...(crossRefnummer === undefined ? {} : { crossRefnummer }),
    ...(functie === undefined ? {} : { functie }),
  };
}

function party(texts: ReadonlyMap<string, string>, which: 'zender' | 'ontvanger'): StufParty {
  const t = (name: string): string | undefined => texts.get(`stuurgegevens/${which}/${name}`);
  const [organisatie, administratie, gebruiker] = [t('organisatie'), t('administratie'), t('gebruiker')];
  return {
    ...(organisatie === undefined ? {} : { organisatie }),
    applicatie: t('applicatie') ?? '',
    ...(administratie === undefined ? {} : { administratie }),
    ...(gebruiker === undefined ? {} : { gebruiker }),
  };
}
