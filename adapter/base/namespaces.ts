// The namespaces and fixed URIs of the standards, in one place.

export const NS = {
  soap: 'http://schemas.xmlsoap.org/soap/envelope/',
  soap12: 'http://www.w3.org/2003/05/soap-envelope',
  eb: 'http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd',
  cppa: 'http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  xlink: 'http://www.w3.org/1999/xlink',
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
  stuf: 'http://www.egem.nl/StUF/StUF0301',
  ggk: 'http://www.stufstandaarden.nl/koppelvlak/ggk0210',
} as const;

/** Every namespace of the iStandaarden begins so. */
export const ISTANDAARDEN = 'http://www.istandaarden.nl/';

/** Service value reserved to the MSH (R31, §1). */
export const MSH_SERVICE = 'urn:oasis:names:tc:ebxml-msg:service';
/** A Service that no application may use. */
export const isReserved = (service: string): boolean => service.startsWith(MSH_SERVICE);
export const ERROR_CODE_CONTEXT = 'urn:oasis:names:tc:ebxml-msg:service:errors';

export const ACTOR = {
  next: 'http://schemas.xmlsoap.org/soap/actor/next',
  nextMsh: 'urn:oasis:names:tc:ebxml-msg:actor:nextMSH',
  toPartyMsh: 'urn:oasis:names:tc:ebxml-msg:actor:toPartyMSH',
} as const;

/** The one SyncReply that there is (R81). */
export const SYNC_REPLY = { version: '2.0', actor: ACTOR.next } as const;

/** PartyId type of an organisation identification number (DK-025). */
export const OIN_TYPE = 'urn:osb:oin';
/** An OIN as it stands in a PartyId: outside production it may have an environment suffix (DK-024, DK-026). */
export const OIN_FORM = /^\d{20}(_[OTA]{1,3})?$/;
