// The development PKI as values: authorities with their revocation lists, parties, and certificates that must be refused.

/** A certificate with its key; `chainPem` is the leaf followed by the intermediate authorities, as a server sends it. */
export interface DevIdentity {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly chainPem: string;
  readonly certificateDer: Buffer;
  /** Lower-case hex SHA-256 of the DER. */
  readonly fingerprint: string;
  /** Upper-case hex, as node:crypto shows it. */
  readonly serial: string;
}

export interface DevAuthority {
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
  readonly crlPem: string;
  readonly crlDer: Buffer;
}

export interface DevPartyOptions {
  /** 20 positions, put into subject.serialNumber (PKI001). */
  readonly oin: string;
  /** Folder name and host name part: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Besides `<name>.localhost`, `localhost` and 127.0.0.1. */
  readonly dnsNames?: readonly string[];
}

export interface DevParty {
  readonly oin: string;
  readonly name: string;
  readonly tls: DevIdentity;
  readonly signing: DevIdentity;
}

export type BadKind =
  | 'expired'
  | 'notYetValid'
  | 'revoked'
  | 'otherOin'
  | 'otherRoot'
  | 'noClientAuth'
  | 'noServerAuth'
  | 'selfSigned'
  | 'otherHost';

export interface DevPkiOptions {
  readonly parties: readonly DevPartyOptions[];
  /** Moment from which certificates and CRLs count; now when absent. */
  readonly now?: Date;
  /** Default 2048, as the G1 line; 3072 as G4 and NCSC 2025 ask. */
  readonly keyBits?: 2048 | 3072;
  /** Sign certificates and CRLs with RSASSA-PSS SHA-512 as the G4 line does; PKCS#1 v1.5 SHA-256 (G1) when absent. */
  readonly pss?: boolean;
  /** Also make the certificates that must be refused. */
  readonly bad?: boolean;
  /** One key pair for all leaf certificates: quicker, and only for tests that do not compare keys. */
  readonly reuseKeys?: boolean;
}

/** What a custom leaf differs in from a normal TLS certificate. */
export interface LeafRequest {
  readonly oin?: string;
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Default TLS server and client; an empty list leaves the extension out, as many G1 certificates do. */
  readonly extendedKeyUsage?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Hex; random when absent. */
  readonly serial?: string;
  readonly purpose?: 'tls' | 'signing';
}

export interface DevPki {
  readonly root: DevAuthority;
  readonly domain: DevAuthority;
  readonly issuing: DevAuthority;
  /** Root, domain and issuing certificates in one PEM text: the trust list. */
  readonly caPem: string;
  /** One PEM per authority. */
  readonly crlPems: readonly string[];
  /** The same, but the issuing authority's list is past its nextUpdate. */
  readonly staleCrlPems: readonly string[];
  /** The same, but the domain authority has revoked the issuing authority. */
  readonly revokedAuthorityCrlPems: readonly string[];
  party(name: string): DevParty;
  readonly parties: readonly DevParty[];
  /** Throws when the PKI was made without `bad`. */
  bad(kind: BadKind): DevIdentity;
  readonly badKinds: readonly BadKind[];
  /** Issues one more certificate under the issuing authority, with the key of the first party. */
  issue(request: LeafRequest): Promise<DevIdentity>;
  /** A list of the issuing authority with these serial numbers (hex); DER. */
  issuingCrl(request: {
    readonly serials: readonly string[];
    readonly thisUpdate?: Date;
    readonly nextUpdate?: Date;
  }): Promise<Buffer>;
}
