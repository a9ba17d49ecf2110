// What the import check says of a CPA that was made just now, told by the fields of the input it was made of.
import { formatDateTime, hasError, type Instant, type Issue } from '../base/index.ts';
import { type CpaPolicy, checkCpa } from './check.ts';
import { type CpaInput, reliabilityIn } from './create.ts';
import { parseCpa } from './parse.ts';
import type { Agreement } from './types.ts';

/**
 * Everything that `parseCpa` and `checkCpa` find in a CPA that `createCpa` made of this input. Plain http and local addresses are
 * warnings here, as a gateway in development can be told to take them.
 */
export function judgeCreated(xml: string, input: CpaInput, now: Instant): readonly Issue[] {
  const parsed = parseCpa(Buffer.from(xml));
  const found = parsed.ok ? [...parsed.value.warnings, ...judge(parsed.value.agreement, now)] : parsed.error;
  const isSaid = (issue: Issue): boolean => issue.code === 'PersistDuration' && followsInterval(found, input);
  const told = found.filter((issue) => !isSaid(issue)).map((issue) => inInput(issue, input));
  // Channels and certificates of one party share what the input says once.
  return [...new Map(told.map((issue) => [`${issue.where}: ${issue.detail}`, issue])).values()];
}

function judge(agreement: Agreement, now: Instant): readonly Issue[] {
  const strict: CpaPolicy = { ownOins: [], now, production: false, existing: [] };
  const issues = checkCpa(agreement, { ...strict, allowHttp: true, allowLocalhost: true });
  const isNew = ({ code, where }: Issue): boolean => !issues.some((one) => one.code === code && one.where === where);
  const relaxed = checkCpa(agreement, strict).filter(isNew);
  return [
    ...issues,
    ...relaxed.map((issue): Issue => {
      const detail = `${issue.detail}; alleen een gateway in ontwikkeling kan dit aannemen`;
      return { ...issue, severity: 'Warning', detail };
    }),
  ];
}

/** A persistDuration that nobody gave is derived from the interval; what is wrong with that one is said already. */
const followsInterval = (found: readonly Issue[], input: CpaInput): boolean =>
  input.persistDuration === undefined && hasError(found.filter(({ code }) => code === 'Reliability'));

function inInput(issue: Issue, input: CpaInput): Issue {
  const where = fieldOf(issue, input);
  if (where === undefined) return issue;
  const { code, severity, rule } = issue;
  const detail = issue.detail.replace(/^attribuut \S+ moet/, 'de waarde moet');
  const value = foundAt(where, input);
  const told = value === undefined ? detail : `${detail}; gevonden ${value}`;
  return { code, severity, where, detail: told, ...(rule === undefined ? {} : { rule }) };
}

type Naming = (input: CpaInput, index: 0 | 1, match: RegExpExecArray) => string;

const intervalField: Naming = (input) => (input.retryInterval === undefined ? 'retries' : 'retryInterval');

/** From a place in the document, and the code of the finding, to the field; the first that fits. */
const FIELDS: readonly (readonly [place: RegExp, field: Naming])[] = [
  [
    /@certId='._(tls|server|signing)'/,
    ({ parties }, index, [, use = 'tls']) => {
      const own = `${use}CertificatePem` as 'tlsCertificatePem' | 'serverCertificatePem' | 'signingCertificatePem';
      return `parties[${index}].${parties[index][own] === undefined ? 'tlsCertificatePem' : own}`;
    },
  ],
  [/Endpoint|PartyRef/, (_, index) => `parties[${index}].endpoint`],
  [
    /PersistDuration/,
    (input, ...rest) => (input.persistDuration === undefined ? intervalField(input, ...rest) : 'persistDuration'),
  ],
  [/ Retries$/, () => 'retries'],
  [/ (Reliability|RetryInterval)$/, intervalField],
  [/(Sender|Receiver)NonRepudiation/, () => 'hashFunction, signatureAlgorithm'],
  [/Agreement\/(Start|End) /, (_input, _index, [, name = '']) => name.toLowerCase()],
  [/'._action(\d+)'/, (_input, _index, [, number = '']) => `exchanges[${number}]`],
  [/\/Service /, () => 'exchanges'],
  [/@partyName/, () => 'parties[1].name'],
];

function fieldOf({ code, where }: Issue, input: CpaInput): string | undefined {
  const place = `${where} ${code}`;
  const index = /='B_|PartyInfo\[2\]/.test(place) ? 1 : 0;
  for (const [pattern, field] of FIELDS) {
    const match = pattern.exec(place);
    if (match !== null) return field(input, index, match);
  }
  return undefined;
}

/** Never an address, which may hold a password, or a name. */
function foundAt(where: string, input: CpaInput): string | undefined {
  const { retries, retryInterval } = reliabilityIn(input);
  switch (where) {
    case 'retries':
    case 'retryInterval':
      return `${retryInterval} met ${retries} herhalingen`;
    case 'persistDuration':
      return input.persistDuration;
    case 'hashFunction, signatureAlgorithm':
      return [input.hashFunction, input.signatureAlgorithm].filter((one) => one !== undefined).join(' en ');
    case 'start':
    case 'end':
      return formatDateTime(input[where]);
    default:
      return undefined;
  }
}
