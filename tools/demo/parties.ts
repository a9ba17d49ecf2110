// Who takes part in the demo: test parties with test OINs, on loopback.

export interface DemoParty {
  readonly name: 'gemeente' | 'hub' | 'vecozo' | 'cak';
  readonly title: string;
  readonly oin: string;
  /** Code as zender or ontvanger in StUF; the hub has none of its own. */
  readonly organisatie: string;
  readonly applicatie: string;
  /** Role in its CPAs. */
  readonly role: string;
}

export const PARTIES = {
  gemeente: {
    name: 'gemeente',
    title: 'Gemeente',
    oin: '00000001999999910000',
    organisatie: '9999',
    applicatie: 'Proefapplicatie',
    role: 'Gemeente',
  },
  hub: {
    name: 'hub',
    title: 'Knooppunt',
    oin: '00000001999999920000',
    organisatie: 'IB',
    applicatie: 'GGKWebservice',
    role: 'Knooppunt',
  },
  vecozo: {
    name: 'vecozo',
    title: 'VECOZO',
    oin: '00000001999999930000',
    organisatie: '99999901',
    applicatie: 'VECOZOWebservice',
    role: 'Ketenpartner',
  },
  cak: {
    name: 'cak',
    title: 'CAK',
    oin: '00000001999999940000',
    organisatie: 'CAK',
    applicatie: 'CAKApplicatie',
    role: 'Ketenpartner',
  },
} as const satisfies Record<string, DemoParty>;

/** OIN of somebody who has a valid certificate and no business here (row 93). */
export const STRANGER = { name: 'vreemde', oin: '00000001999999950000' } as const;

export const SERVICE = { value: 'ggk:berichten:1', type: 'urn:osb:services' } as const;
export const ACTIONS = ['ggk_Di01', 'ggk_Du01', 'Fo01'] as const;
