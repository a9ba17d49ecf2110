// Reading a configuration: defaults, durations, the environment, and every problem at once without repeating a value.
import { describe, expect, test } from '@jest/globals';
import { patienceMs } from '../../adapter/base/index.ts';
import { overallTimeoutMs, readConfig } from '../../adapter/config/index.ts';
import { endpointLimits } from '../../adapter/doors.ts';
import { SERVER_LIMITS } from '../../adapter/transport/index.ts';
import { OIN, PRODUCTION, read, refusedAt } from './given.ts';

describe('what is read', () => {
  test('without a file it is development mode with the embedded store', () => {
    const result = readConfig({});
    if (!result.ok) throw new Error('refused');
    expect(result.value).toMatchObject({
      mode: 'development',
      store: 'sqlite:./data',
      logLevel: 'info',
      parties: [],
      roles: ['endpoint', 'api', 'worker'],
      endpoint: { host: '127.0.0.1', port: 8443, bodyTimeout: 30_000 },
      worker: { poll: 500, lease: 120_000 },
      retention: { ids: 400 * 86_400_000, clockTolerance: 0 },
    });
  });

  test('row 97 a small body may stand still as long as endpoint.bodyTimeout says; from there on it must come at a pace', () => {
    const pace = { ...SERVER_LIMITS, ...endpointLimits(read({ endpoint: { bodyTimeout: '40s' } })) };
    expect(patienceMs({ bytes: 0, waitedMs: 0 }, pace)).toBe(40_000);
    expect(patienceMs({ bytes: 1024, waitedMs: 30_000 }, pace)).toBe(11_000);
    expect(patienceMs({ bytes: 1024, waitedMs: 41_000 }, pace)).toBe(0);
  });

  test.each([
    ['7ms', 7],
    ['30s', 30_000],
    ['5m', 300_000],
    ['3h', 10_800_000],
    ['24d', 2_073_600_000],
  ])('a duration of %s is %d ms', (text, ms) => {
    expect(read({ client: { responseTimeout: text } }).client.responseTimeout).toBe(ms);
  });

  test.each([5, '5', '5 s', '-5s', '1.5s', '5w', '5S', '', 's', '9999999999s', null])(
    'a duration without a sound number and unit is refused: %p',
    (value) => {
      expect(refusedAt({ retention: { ids: value } })).toEqual(['retention.ids']);
    },
  );

  test.each([
    ['client', 'connectTimeout', '0s'],
    ['client', 'responseTimeout', '25d'],
    ['endpoint', 'bodyTimeout', '0ms'],
    ['worker', 'poll', '9ms'],
    ['worker', 'poll', '25d'],
    ['worker', 'lease', '99ms'],
    ['retention', 'ids', '36501d'],
  ])('%s.%s of %s would spin or overflow a timer and is refused', (section, name, value) => {
    expect(refusedAt({ [section]: { [name]: value } })).toEqual([`${section}.${name}`]);
  });

  test('the environment goes before the file, and an empty variable counts as absent', () => {
    const file = { store: 'sqlite:./file', logLevel: 'warn', mode: 'development' };
    const env = { DK_STORE: 'sqlite:./env', DK_LOG_LEVEL: 'debug', DK_MODE: '' };
    expect(read(file, env)).toMatchObject({ store: 'sqlite:./env', logLevel: 'debug', mode: 'development' });
    expect(refusedAt({}, { DK_MODE: 'production' })).toContain('parties');
    expect(refusedAt({}, { DK_MODE: 'productie', DK_LOG_LEVEL: 'all' })).toEqual(['mode', 'logLevel']);
    expect(read({ name: 'a' }, { DK_NAME: 'b', STORE: 'c' }).name).toBe('a');
  });

  test('a byte order mark before the file is no fault', () => {
    const result = readConfig({}, '\uFEFF{"name":"a"}');
    expect(result.ok && result.value.name).toBe('a');
  });

  test('the configuration is frozen to the bottom, and one reading does not touch the next', () => {
    const config = read({
      parties: [OIN],
      api: { keys: [{ name: 'a', sha256: 'ab'.repeat(32), roles: ['operator'] }] },
    });
    const thawed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [name, inner] of Object.entries(value)) visit(inner, `${path}.${name}`);
    };
    visit(config, 'config');
    expect(thawed).toEqual([]);
    expect(() => Object.assign(config.endpoint, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.api.keys, { 0: undefined })).toThrow(TypeError);
    expect(read({}).parties).toEqual([]);
  });
});

describe('what is refused', () => {
  test('architecture 3.12 all problems come at once, each named by its option', () => {
    const options = {
      mode: 'prod',
      bogus: 1,
      parties: ['1', OIN, 7],
      worker: { poll: '5', concurrency: 0, extra: true },
      endpoint: { port: 70_000, path: 'ebms' },
      api: { keys: [{ name: '', sha256: 'x', roles: [] }] },
      routes: [{ cpaId: 'c', fromPartyId: OIN, toPartyId: 'x' }],
      content: { '*': 'perhaps' },
    };
    expect([...refusedAt(options)].sort()).toEqual([
      'api.keys.0.name',
      'api.keys.0.roles',
      'api.keys.0.sha256',
      'bogus',
      'content.*',
      'endpoint.path',
      'endpoint.port',
      'mode',
      'parties.0',
      'parties.2',
      'routes.0.service',
      'routes.0.toPartyId',
      'worker.concurrency',
      'worker.extra',
      'worker.poll',
    ]);
  });

  test('refusals come together with malformed options, but nothing untrue is said about these', () => {
    const options = { ...PRODUCTION, parties: ['x'], store: 'mongodb://host/db', policy: { allowSha1: true } };
    expect([...refusedAt(options)].sort()).toEqual(['parties.0', 'policy.allowSha1', 'store']);
  });

  test('row 12 a POST that may outlast the lease is refused, with both options, what they are and what is expected', () => {
    const result = readConfig({}, JSON.stringify({ client: { overallTimeout: '91s' } }));
    expect(result).toMatchObject({
      error: [
        {
          where: 'client.overallTimeout',
          detail: expect.stringMatching(
            /^client\.overallTimeout is 91000ms en worker\.lease 120000ms; verwacht een .* ten hoogste .* \(90000ms\)/,
          ),
        },
      ],
    });
    expect(refusedAt({ client: { overallTimeout: '90s' } })).toEqual([]);
    expect(refusedAt({ client: { overallTimeout: '5m' }, worker: { lease: '7m' } })).toEqual([]);
    expect(refusedAt({ client: { overallTimeout: '5m' }, worker: { lease: '7' } })).toEqual(['worker.lease']);
  });

  test.each([
    [{}, 90_000],
    [{ worker: { lease: '10s' } }, 7_500],
    [{ worker: { lease: '36500d' } }, 300_000],
    [{ client: { overallTimeout: '20s' } }, 20_000],
  ])('row 12 the time for a whole POST ends before the lease: %j', (options, ms) => {
    expect(overallTimeoutMs(read(options))).toBe(ms);
  });

  test.each(['endpoint', 'client'])(
    '%s: a key without a certificate is refused in any mode, and the other way round',
    (side) => {
      expect(refusedAt({ [side]: { keyFile: 'a.key' } })).toEqual([`${side}.keyFile`]);
      expect(refusedAt({ [side]: { certFile: 'a.pem' } })).toEqual([`${side}.keyFile`]);
      expect(refusedAt({ [side]: { keyFile: 'a.key', certFile: 'a.pem' } })).toEqual([]);
    },
  );

  test.each(['mongodb://host/db', 'postgres:x', 'sqlite', 'sqlite:', './data'])(
    'a store that is not there is refused: %s',
    (store) => {
      expect(refusedAt({ store })).toEqual(['store']);
    },
  );

  test.each(['[]', '7', '"text"', 'null', '', '{'])('a file that is not one JSON object is refused: %s', (text) => {
    const result = readConfig({}, text, 'some.json');
    expect(result.ok ? [] : result.error.map((issue) => issue.where)).toEqual(['some.json']);
  });

  test('a fault in the file is told with its line', () => {
    const result = readConfig({}, '{\n  "name": "a"\n  "mode": "production"\n}');
    expect(result.ok ? undefined : result.error[0]).toMatchObject({ line: 3, detail: 'geen geldige JSON (regel 3)' });
  });

  test('an option that is missing is said to be missing, with what is expected', () => {
    const options = { api: { keys: [{}] }, hub: { directions: [{ functie: 'WMO301', from: 'SVB' }] } };
    const result = readConfig({}, JSON.stringify(options));
    expect(result.ok ? [] : result.error.map(({ where, detail }) => `${where}: ${detail}`)).toEqual([
      'api.keys.0.name: ontbreekt; verwacht tekst',
      'api.keys.0.sha256: ontbreekt; verwacht tekst',
      'api.keys.0.roles: ontbreekt; verwacht een lijst',
      'hub.directions.0.to: ontbreekt; verwacht gemeente, aanbieder, SVB, CAK, CBS, UWV of VWS',
    ]);
  });

  test('an option of another kind is told with what was found and what is expected', () => {
    const result = readConfig({}, '{"name":7,"parties":{},"roles":null,"endpoint":[],"mode":"x"}');
    expect(result.ok ? [] : result.error.map(({ where, detail }) => `${where}: ${detail}`)).toEqual([
      'mode: verwacht development of production',
      'name: gevonden een getal; verwacht tekst',
      'parties: gevonden een object; verwacht een lijst',
      'roles: gevonden null; verwacht een lijst',
      'endpoint: gevonden een lijst; verwacht een object',
    ]);
  });

  test('a number out of its bounds is told with what was found and what is expected; of texts and lists only the latter', () => {
    const options = {
      name: '',
      roles: [],
      endpoint: { port: -1, maxConnections: 0, path: 'ebms' },
      api: { port: 70_000 },
      worker: { concurrency: 300 },
    };
    const result = readConfig({}, JSON.stringify(options));
    expect(result.ok ? [] : result.error.map(({ where, detail }) => `${where}: ${detail}`)).toEqual([
      'name: verwacht ten minste 1 teken',
      'roles: verwacht ten minste 1 element',
      'endpoint.port: gevonden -1, verwacht een getal van ten minste 0',
      'endpoint.path: verwacht een pad dat met / begint',
      'endpoint.maxConnections: gevonden 0, verwacht een getal groter dan 0',
      'api.port: gevonden 70000, verwacht een getal van ten hoogste 65535',
      'worker.concurrency: gevonden 300, verwacht een getal van ten hoogste 256',
    ]);
  });

  test('issues are Dutch', () => {
    const result = readConfig({}, '{"name":7,"mode":"x","bogus":1,"roles":[],"endpoint":{"port":70000}}');
    const details = result.ok ? [] : result.error.map((issue) => issue.detail);
    expect(details).toHaveLength(5);
    for (const detail of details) expect(detail).toMatch(/verwacht|bestaat niet/);
    for (const detail of details) expect(detail).not.toMatch(/expected|received|Invalid|Unrecognized/);
  });
});

describe('row 159 values are never repeated', () => {
  const SECRET = 'hunter2';
  const texts = [
    `{"api":{"keys":[{"name":"a","sha256":"${SECRET}","roles":["${SECRET}"]}]}}`,
    `{"mode":"${SECRET}","logLevel":"${SECRET}","submit":"${SECRET}","content":{"*":"${SECRET}"}}`,
    `{"store":"mongodb://user:${SECRET}@host/db"}`,
    `{"parties":["${SECRET}"],"messageIdDomain":"${SECRET}!","endpoint":{"path":"${SECRET}"}}`,
    `{"worker":{"poll":"${SECRET}"},"endpoint":"${SECRET}"}`,
    `{"password": ${SECRET}}`,
    `{"keyOfThePartnerGateway": "a", "pw": ${SECRET}, "b": 1}`,
    `{"password": "${SECRET}\n"}`,
    `{"password": "${SECRET}`,
    `{"a": "x" "${SECRET}": 1}`,
    SECRET,
    `"${SECRET}"`,
  ];
  test.each(texts)('in %j', (text) => {
    const result = readConfig({}, text);
    expect(result.ok).toBe(false);
    // The engine may quote as little as a part of it.
    expect(JSON.stringify(result)).not.toMatch(/hunt|nter2/);
  });

  test('not from the environment either', () => {
    const env = { DK_STORE: `mongodb://user:${SECRET}@host/db`, DK_MODE: SECRET, DK_LOG_LEVEL: SECRET };
    const result = readConfig(env);
    expect(result.ok ? [] : result.error.map((issue) => issue.where)).toEqual(['mode', 'logLevel', 'store']);
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });
});
