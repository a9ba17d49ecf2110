// Decided replies as HTTP: 204 for nothing, 200 for a signal, 4xx or 500 with a SOAP Fault (R142–R146).
import { type SoapFault, writeFault } from '../ebms/index.ts';
import type { HttpReply } from '../transport/index.ts';
import { EBXML_ACTION, XML_CONTENT_TYPE } from './seal.ts';

export const emptyReply: HttpReply = { status: 204, headers: {} };

export function signalReply(bytes: Uint8Array, contentType = XML_CONTENT_TYPE): HttpReply {
  return { status: 200, headers: { 'content-type': contentType, soapaction: EBXML_ACTION }, body: bytes };
}

export function faultReply(fault: SoapFault, status: number): HttpReply {
  return { status, headers: { 'content-type': XML_CONTENT_TYPE }, body: Buffer.from(writeFault(fault), 'utf8') };
}

/** We could not take responsibility now; the partner's retry will (row 16). */
export const unavailableReply: HttpReply = { status: 503, headers: { 'retry-after': '30' } };
