// Faults of a JSON document that a user wrote, each by its field.
import type { z } from 'zod';

/** One line per fault, such as `parties[0].oin: ontbreekt`, also for each field that does not exist. */
export const jsonFaults = (issues: readonly z.core.$ZodIssue[]): readonly string[] =>
  issues.flatMap((issue) => {
    const at = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
    const where = at.replace(/^\./, '');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${where === '' ? '' : `${where}.`}${key}: dit veld bestaat niet`);
    return [where === '' ? issue.message : `${where}: ${issue.message}`];
  });
