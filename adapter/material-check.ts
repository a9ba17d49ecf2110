// Looks at the certificates and lists that the configuration names before they are used: fit for partners, and not for development.
import type { Issue } from './base/index.ts';
import type { Config } from './config/index.ts';
import { bytesIfThere, Refused, tlsMaterial } from './files.ts';
import type { EventName, Observer } from './observe/index.ts';
import { holdsDevelopment, prepareTls, reportMaterial } from './transport/index.ts';

const DAY_MS = 86_400_000;

/**
 * Looks at our own certificates and lists before they are used: production starts neither with what has ended nor with
 * anything from `dk certs dev`; what ends soon is told (rows 88, 91).
 */
export function checkMaterial(config: Config, observer: Observer): void {
  const errors: Issue[] = [...developmentCertificates(config)];
  for (const side of ['endpoint', 'client'] as const) {
    const material = tlsMaterial(config[side], config.mode);
    if (material === undefined) continue;
    const prepared = prepareTls(material);
    if (!prepared.ok) throw new Refused(prepared.error);
    const now = Date.now();
    const report = reportMaterial(prepared.value, now);
    observer.setDays('certificate', side, Math.floor((report.ownNotAfter - now) / DAY_MS));
    for (const issue of report.issues)
      observer.emit(eventOf(issue), {
        detail: `${side}: ${issue.detail}`,
        ...(issue.rule === undefined ? {} : { rule: issue.rule }),
      });
    if (config.mode !== 'production') continue;
    const unfit = report.issues.filter(({ severity }) => severity === 'Error');
    errors.push(...unfit.map((issue) => ({ ...issue, where: `${side}.${issue.where}` })));
  }
  if (errors.length > 0) throw new Refused(errors);
}

/** What ends soon and what is weak are warnings of their own; everything else stops a production start. */
function eventOf({ rule, severity }: Issue): EventName {
  if (severity === 'Error') return 'certificate.unfit';
  return rule === 'TLSCIPH001' ? 'certificate.weak' : 'certificate.expiring';
}

/**
 * What `dk certs dev` made, wherever it was copied to, each at its option (architecture 3.12); none in development. What cannot
 * be read is told by whoever needs it.
 */
export function developmentCertificates(config: Config): readonly Issue[] {
  if (config.mode !== 'production') return [];
  return certificateFiles(config).flatMap(([where, file]) => {
    const bytes = file === undefined ? undefined : bytesIfThere(file);
    if (bytes === undefined || !holdsDevelopment(bytes)) return [];
    return [
      { code: 'Development', severity: 'Error', where, detail: 'een ontwikkelcertificaat mag niet in productie' },
    ];
  });
}

type Named = readonly [where: string, file: string | undefined];

function certificateFiles({ endpoint, client, signing }: Config): readonly Named[] {
  const sides = Object.entries({ endpoint, client }).flatMap(([side, { certFile, caFiles }]): readonly Named[] => [
    [`${side}.certFile`, certFile],
    ...caFiles.map((file, i): Named => [`${side}.caFiles.${i}`, file]),
  ]);
  return [...sides, ...signing.map(({ certFile }, i): Named => [`signing.${i}.certFile`, certFile])];
}
