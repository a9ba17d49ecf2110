// A StUF message to bytes that are their own canonical form.
import { NS } from '../base/index.ts';
import { escapeText } from '../xml/index.ts';
import type { GgkParameters, StufEnvelope, StufFault, StufMessage, StufParty, Stuurgegevens } from './types.ts';

const ENVELOPE_ROOT = { Di01: 'envelopHeenbericht-ggk_Di01', Du01: 'envelopRetourbericht-ggk_Du01' } as const;

/**
 * UTF-8 without declaration or BOM, no white space between elements, base64 on one line: canonicalising it changes
 * nothing. The message must obey the structure of section 3; `readStuf` of the result tells whether it does.
 */
export function writeStuf(message: StufMessage): Uint8Array {
  if ('payload' in message) return writeEnvelope(message);
  const name = `StUF:${message.kind}Bericht`;
  const body = message.kind === 'Bv03' || message.fault === undefined ? '' : fault(message.fault);
  return new TextEncoder().encode(
    `<${name} xmlns:StUF="${NS.stuf}">${stuurgegevens('StUF', message.stuurgegevens)}${body}</${name}>`,
  );
}

/** The payload goes from octets to base64 to its place in the result, without a copy of the whole in between. */
function writeEnvelope(message: StufEnvelope): Uint8Array {
  const name = `GGK:${ENVELOPE_ROOT[message.kind]}`;
  const { kind, bytes, bestandsnaam } = message.payload;
  const attribute = kind === 'tekstBestand' ? ` bestandsnaam="${escapeAttribute(bestandsnaam ?? '')}"` : '';
  const head =
    `<${name} xmlns:GGK="${NS.ggk}" xmlns:StUF="${NS.stuf}">${stuurgegevens('GGK', message.stuurgegevens)}` +
    `<GGK:parameters>${parameters(message.parameters)}<GGK:bericht><GGK:${kind}${attribute}>`;
  const tail = `</GGK:${kind}></GGK:bericht></GGK:parameters></${name}>`;
  const headBytes = Buffer.byteLength(head);
  const base64Bytes = Math.ceil(bytes.length / 3) * 4;
  const out = Buffer.allocUnsafeSlow(headBytes + base64Bytes + tail.length);
  out.write(head, 0, 'utf8');
  out.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), headBytes, 'latin1');
  out.write(tail, headBytes + base64Bytes, 'latin1');
  return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
}

function stuurgegevens(prefix: 'GGK' | 'StUF', s: Stuurgegevens): string {
  return (
    `<${prefix}:stuurgegevens>${leaf('berichtcode', s.berichtcode)}` +
    `<StUF:zender>${party(s.zender)}</StUF:zender><StUF:ontvanger>${party(s.ontvanger)}</StUF:ontvanger>` +
    leaf('referentienummer', s.referentienummer) +
    leaf('tijdstipBericht', s.tijdstipBericht) +
    leaf('crossRefnummer', s.crossRefnummer) +
    `${leaf('functie', s.functie)}</${prefix}:stuurgegevens>`
  );
}

function party(p: StufParty): string {
  return (
    leaf('organisatie', p.organisatie) +
    leaf('applicatie', p.applicatie) +
    leaf('administratie', p.administratie) +
    leaf('gebruiker', p.gebruiker)
  );
}

function parameters(p: GgkParameters): string {
  return (['applicatieVersie', 'applicatieSubversie', 'functieVersie', 'functieSubversie'] as const)
    .map((name) => `<GGK:${name}>${escapeText(p[name])}</GGK:${name}>`)
    .join('');
}

function fault(f: StufFault): string {
  const texts = leaf('code', f.code) + leaf('plek', f.plek) + leaf('omschrijving', f.omschrijving);
  return `<StUF:body>${texts}${leaf('details', f.details)}</StUF:body>`;
}

function leaf(name: string, text: string | undefined): string {
  return text === undefined ? '' : `<StUF:${name}>${escapeText(text)}</StUF:${name}>`;
}

/** Only names of A-Z, digits, `-`, `.` and `_` are valid; anything else must at least not break the document. */
function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#x9;').replaceAll('\n', '&#xA;');
}
