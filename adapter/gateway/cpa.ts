// Use case: CPAs are imported, listed and removed; a faulty one changes nothing (V1–V24, rows 76–85).
import { type Agreement, checkCpa, cpaExists, parseCpa } from '../agreement/index.ts';
import { hasError, type Issue } from '../base/index.ts';
import { sha256Hex } from './blob.ts';
import type { GatewayContext } from './context.ts';
import { tellDays } from './housekeep.ts';

export interface CpaImport {
  readonly agreement: Agreement | undefined;
  readonly outcome: 'imported' | 'same' | 'refused';
  /** Every finding, faults first; line numbers count in the file given. */
  readonly issues: readonly Issue[];
}

export interface CpaChecks {
  /** True: only say what would happen. */
  readonly dryRun?: boolean;
  /** True: replace a CPA with the same id and other content (V2, row 82). */
  readonly replace?: boolean;
  readonly by: string;
}

/** Parses, checks and stores one CPA: all or nothing. */
export async function importCpa(xml: Uint8Array, checks: CpaChecks, context: GatewayContext): Promise<CpaImport> {
  const parsed = parseCpa(xml);
  if (!parsed.ok) return { agreement: undefined, outcome: 'refused', issues: parsed.error };
  const { agreement, warnings } = parsed.value;
  const index = await context.agreements.refresh();
  const others = [...index.all()].filter((other) => !(checks.replace === true && other.cpaId === agreement.cpaId));
  const same = others.find((other) => other.cpaId === agreement.cpaId && other.sha256 === agreement.sha256);
  if (same !== undefined) return { agreement, outcome: 'same', issues: warnings };
  const now = context.clock.now();
  const issues = [...warnings, ...checkCpa(agreement, { ...context.cpaPolicy, now, existing: others })];
  if (hasError(issues)) return { agreement, outcome: 'refused', issues };
  if (checks.dryRun === true) return { agreement, outcome: 'imported', issues };
  const cpa = { cpaId: agreement.cpaId, xml, sha256: sha256Hex(xml), importedAt: now, importedBy: checks.by };
  const stored = await context.store.agreements.put(cpa, checks.replace ?? false);
  if (stored === 'exists') return { agreement, outcome: 'refused', issues: [...issues, cpaExists] };
  await context.agreements.refresh();
  context.observer.emit('cpa.imported', { cpaId: agreement.cpaId, detail: checks.by });
  await tellDays(context);
  return { agreement, outcome: stored === 'same' ? 'same' : 'imported', issues };
}

/**
 * False when there is no such CPA; `by` is who asked, for the log and the notes. Messages in flight keep the values they were
 * accepted with (row 84).
 */
export async function removeCpa(cpaId: string, by: string, context: GatewayContext): Promise<boolean> {
  const note = { at: context.clock.now(), event: 'cpa.removed', detail: `${cpaId}, door ${by}` };
  if (!(await context.store.agreements.remove(cpaId, note))) return false;
  context.observer.emit('cpa.removed', { cpaId, detail: by });
  await context.agreements.refresh();
  await tellDays(context);
  return true;
}
