// The one description of a configuration: names, types, defaults and meanings; README's table is made from it.
import { z } from 'zod';
import { OIN_FORM } from '../base/index.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Node's timers hold less than 25 days; a longer one would fire at once, again and again. */
const LONGEST_TIMER = '24d';

function milliseconds(text: string): number {
  const [, amount = '0', unit = 'ms'] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? 1);
}

/** `500ms`, `30s`, `5m`, `3h`, `400d` → milliseconds. */
const duration = (least = '0s', most = '36500d') =>
  z
    .string()
    .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'verwacht een duur met eenheid, zoals 30s, 5m, 3h of 400d')
    .transform(milliseconds)
    .refine(
      (ms) => ms >= milliseconds(least) && ms <= milliseconds(most),
      `verwacht een duur van ten minste ${least} en ten hoogste ${most}`,
    );
const timeout = duration('1ms', LONGEST_TIMER);

const oin = z.string().regex(OIN_FORM, 'verwacht een OIN van 20 cijfers, eventueel met _O, _T, _A of _OTA');
const port = z.number().int().min(0).max(65_535);
const files = (meaning: string) => z.array(z.string().min(1)).default([]).describe(meaning);
const policy = z.enum(['off', 'warn', 'refuse']);
const partyKind = z.enum(['gemeente', 'aanbieder', 'SVB', 'CAK', 'CBS', 'UWV', 'VWS']);

const pair = z.strictObject({
  keyFile: z.string().min(1).describe('private sleutel (PEM)'),
  certFile: z.string().min(1).describe('certificaat (PEM)'),
});

const endpoint = z
  .strictObject({
    host: z.string().default('127.0.0.1').describe('adres waarop het ebMS-eindpunt luistert'),
    port: port.default(8443).describe('poort van het ebMS-eindpunt'),
    path: z
      .string()
      .startsWith('/', 'verwacht een pad dat met / begint')
      .default('/ebms')
      .describe('pad van het ebMS-eindpunt'),
    keyFile: z.string().optional().describe('private sleutel van het servercertificaat (PEM)'),
    certFile: z.string().optional().describe('servercertificaat met tussenliggende certificaten (PEM)'),
    caFiles: files('stam- en tussenliggende certificaten die cliëntcertificaten mogen uitgeven'),
    crlFiles: files('intrekkingslijsten van die uitgevers (PEM of DER)'),
    trustedProxies: z.array(z.string()).default([]).describe('adressen (IP of CIDR) van TLS-afsluitende proxy’s'),
    plainHttpPort: port.optional().describe('alleen ontwikkeling: een poort zonder TLS'),
    maxMessageBytes: z.number().int().positive().default(36_700_160).describe('grootste HTTP-bericht in bytes'),
    maxEnvelopeBytes: z.number().int().positive().default(1_048_576).describe('grootste SOAP-deel in bytes'),
    maxConnections: z.number().int().positive().default(2_000).describe('hoogste aantal verbindingen'),
    maxConcurrent: z
      .number()
      .int()
      .positive()
      .default(200)
      .describe('berichten die tegelijk gelezen worden, hooguit een derde van één partner; daarboven 503'),
    bodyTimeout: timeout
      .default(30_000)
      .describe('zolang mag de inhoud stilvallen; is er zo lang op gewacht, dan komt zij met ten minste 1 kB/s')
      .meta({ standard: '30s' }),
  })
  .prefault({});

const client = z
  .strictObject({
    keyFile: z.string().optional().describe('private sleutel van het cliëntcertificaat (PEM)'),
    certFile: z.string().optional().describe('cliëntcertificaat (PEM)'),
    caFiles: files('stamcertificaten van de partners'),
    crlFiles: files('intrekkingslijsten daarvan (PEM of DER)'),
    connectTimeout: timeout
      .default(10_000)
      .describe('tijd voor het opzetten van een verbinding')
      .meta({ standard: '10s' }),
    responseTimeout: timeout
      .default(60_000)
      .describe('tijd tot het begin van het antwoord, en tussen twee stukken ervan')
      .meta({ standard: '60s' }),
    overallTimeout: timeout
      .optional()
      .describe(
        'tijd voor de hele uitwisseling, ten hoogste driekwart van worker.lease; anders dat driekwart, met een grens van 5m',
      )
      .meta({ duration: true }),
    connectionsPerPartner: z.number().int().min(1).max(256).default(8).describe('verbindingen per partner'),
  })
  .prefault({});

const api = z
  .strictObject({
    host: z.string().default('127.0.0.1').describe('adres van de REST-ingang'),
    port: port.default(8080).describe('poort van de REST-ingang'),
    keys: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('wie de sleutel gebruikt; een Idempotency-Key geldt per naam'),
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/, 'verwacht de SHA-256 van de sleutel als 64 hexadecimale tekens')
            .describe('SHA-256 van de sleutel, hexadecimaal'),
          roles: z
            .array(z.enum(['application', 'operator']))
            .min(1)
            .describe('wat de sleutel mag'),
        }),
      )
      .default([])
      .describe('API-sleutels, alleen als hash'),
  })
  .prefault({});

const application = z
  .strictObject({
    events: z
      .enum(['log', 'pull'])
      .default('log')
      .describe(
        'hoe de applicatie hoort wat er van haar berichten werd: log: zij vraagt de toestand op; pull: zij haalt het op met GET /api/v1/events van wat sindsdien is aangeboden, en wat niemand ophaalt blijft bewaard en is te zien aan dk_oldest_job_seconds{kind="notify"}',
      ),
  })
  .prefault({});

const route = z.strictObject({
  functies: z.array(z.string()).optional().describe('berichten waarvoor de route geldt; alle wanneer leeg'),
  product: z
    .enum(['iWmo', 'iJw', 'iEb (CAK)', 'PGB-Wmo', 'PGB-Jw'])
    .optional()
    .describe('berichtenfamilie waarvoor de route geldt; alle wanneer leeg'),
  ontvanger: z.string().optional().describe('code, `gemeente`, `aanbieder` of `*`'),
  cpaId: z.string().min(1).describe('CPA waaronder het bericht gaat'),
  fromPartyId: oin.describe('eigen PartyId (OIN) in die CPA'),
  toPartyId: oin.describe('PartyId (OIN) van de partner in die CPA'),
  service: z.string().min(1).describe('ebMS-service'),
  serviceType: z.string().optional().describe('type van de ebMS-service; geen wanneer leeg'),
  action: z.string().optional().describe('anders ggk_Di01, ggk_Du01 of Fo01'),
  fromRole: z.string().optional().describe('eigen rol in het bericht; geen wanneer leeg'),
  toRole: z.string().optional().describe('rol van de partner in het bericht; geen wanneer leeg'),
});

const hub = z.strictObject({
  organisatie: z.string().default('IB').describe('eigen naam als zender van een Fo01'),
  applicatie: z.string().default('GGKWebservice').describe('eigen applicatie als zender van een Fo01'),
  senders: z
    .array(
      z.strictObject({
        partyId: oin.describe('PartyId (OIN) die zendt'),
        zenders: z.array(z.string()).min(1).describe('organisaties namens welke die partij mag zenden'),
      }),
    )
    .default([])
    .describe('namens welke organisaties een partij mag zenden'),
  codeList: z.enum(['L18', 'L25']).default('L25').describe('generatie van de foutcodes'),
  unknownCrossRef: policy
    .default('warn')
    .describe('een retourbericht of Fo01 over een bericht dat hier niet is doorgezonden: off, warn, refuse'),
  inactive: z
    .array(z.string())
    .default([])
    .describe('berichten die nu niet worden doorgezonden, zoals bij een bevriezing rond een release'),
  directions: z
    .array(
      z.strictObject({
        functie: z.string().describe('bericht dat een andere richting heeft dan in de catalogus'),
        from: partyKind.describe('soort zender'),
        to: partyKind.describe('soort ontvanger'),
      }),
    )
    .default([])
    .describe('berichten met een andere richting dan in de catalogus'),
  declaratieAntwoordAs: z
    .enum(['Di01', 'Du01'])
    .default('Di01')
    .describe('hoe een 325 wordt gestuurd: zelfstandig, of als antwoord op de 323'),
});

const worker = z
  .strictObject({
    concurrency: z
      .number()
      .int()
      .min(1)
      .max(256)
      .default(64)
      .describe(
        'taken tegelijk; wat naar één partner gaat heeft een kwart van wat de anderen overlaten, of zoveel als client.connectionsPerPartner, nooit meer dan de helft',
      ),
    poll: duration('10ms', LONGEST_TIMER)
      .default(500)
      .describe('hoe vaak naar taken wordt gekeken als er niets gebeurt')
      .meta({ standard: '500ms' }),
    lease: duration('100ms')
      .default(120_000)
      .describe('zolang houdt een werker een bericht vast; daarna begint een ander eraan')
      .meta({ standard: '2m' }),
  })
  .prefault({});

const relaxed = z
  .strictObject({
    allowSha1: z.boolean().default(false).describe('alleen ontwikkeling: rsa-sha1 en sha1 aannemen'),
    allowHttp: z.boolean().default(false).describe('alleen ontwikkeling: http-adressen in CPA’s'),
    allowLocalhost: z.boolean().default(false).describe('alleen ontwikkeling: localhost in CPA’s'),
  })
  .prefault({});

const retention = z
  .strictObject({
    ids: duration()
      .default(400 * 86_400_000)
      .describe('zolang worden bericht-id’s bewaard')
      .meta({ standard: '400d' }),
    clockTolerance: duration().default(0).describe('verdraagbaar klokverschil bij TimeToLive').meta({ standard: '0s' }),
  })
  .prefault({});

const percent = z.number().int().min(1).max(100);

const disk = z
  .strictObject({
    warnPercent: percent
      .default(85)
      .describe('zo vol is de schijf van de opslag als er wordt gewaarschuwd, in procenten'),
    stopPercent: percent
      .default(95)
      .describe('vanaf hier wordt niets nieuws aangenomen (503); wat er al is gaat door, in procenten'),
  })
  .prefault({});

export const configSchema = z.strictObject({
  mode: z
    .enum(['development', 'production'])
    .default('development')
    .describe('productie weigert ontwikkelinstellingen'),
  name: z.string().min(1).default('gateway').describe('naam in logregels'),
  parties: z.array(oin).default([]).describe('eigen PartyId’s (OIN)'),
  roles: z
    .array(z.enum(['endpoint', 'api', 'worker']))
    .min(1)
    .default(['endpoint', 'api', 'worker'])
    .describe('welke deuren dit proces opent'),
  store: z.string().min(1).default('sqlite:./data').describe('opslag: `sqlite:` en een map'),
  disk,
  messageIdDomain: z
    .string()
    .regex(/^[A-Za-z0-9.-]+$/, 'verwacht een domeinnaam')
    .default('gateway.localhost')
    .describe(
      'domein in eigen MessageId’s; hoort bij de opslag en verandert daarna niet meer: aan zijn MessageId wordt herkend wat nog eens wordt aangeboden',
    ),
  endpoint,
  client,
  signing: z.array(pair).default([]).describe('sleutels waarmee wordt ondertekend'),
  api,
  routes: z.array(route).default([]).describe('welke CPA voor welk bericht'),
  hub: hub.optional().describe('aanwezig: dit is het knooppunt, ontvangen berichten worden doorgezonden'),
  content: z
    .record(z.string(), policy)
    .default({ '*': 'refuse' })
    .describe('inhoudscontrole per stroom: off, warn, refuse'),
  submit: policy.default('refuse').describe('inhoudscontrole van wat de eigen applicatie aanbiedt'),
  application,
  worker,
  policy: relaxed,
  retention,
  logLevel: z.enum(['error', 'warn', 'info', 'debug']).default('info').describe('laagste niveau in de log'),
  schemasDir: z.string().optional().describe('map met schema’s; anders die van het programma'),
});

export type Config = z.output<typeof configSchema>;
