// A message as its row holds it: the document, and the version that is raised beside it.
import type { MessageRecord } from '../../msh/change.ts';

export interface Row {
  readonly version: number;
  readonly document: string;
}

export function toRecord({ version, document }: Row): MessageRecord {
  return { ...(JSON.parse(document) as MessageRecord), version };
}
