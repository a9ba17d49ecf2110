// Errors of the REST door as problem+json (RFC 9457): a stable URN per code, and the findings by field.
import type { Response } from 'express';
import type { Issue } from '../base/index.ts';

export interface Problem {
  readonly status: number;
  /** Last part of `urn:dk:problem:…`; stable, clients may depend on it. */
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly issues?: readonly Issue[];
}

export function sendProblem(response: Response, problem: Problem): void {
  const { code, ...rest } = problem;
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: `urn:dk:problem:${code}`, ...rest }));
}

export const notFound: Problem = { status: 404, code: 'not-found', title: 'Niet gevonden' };
export const methodNotAllowed = (found: string, expected: readonly string[]): Problem => ({
  status: 405,
  code: 'method-not-allowed',
  title: 'Deze methode bestaat hier niet',
  detail: `Methode: gevonden ${found}; verwacht ${expected.join(' of ')}.`,
});
export const unauthorized: Problem = {
  status: 401,
  code: 'unauthorized',
  title: 'Geen geldige API-sleutel',
  detail: 'Stuur een API-sleutel mee als `Authorization: Bearer …`.',
};
export const forbidden: Problem = { status: 403, code: 'forbidden', title: 'Deze sleutel mag dit niet' };
export const unavailable: Problem = {
  status: 503,
  code: 'unavailable',
  title: 'Tijdelijk niet beschikbaar',
  detail: 'De opslag kan nu niet worden beschreven; er is niets opgeslagen. Probeer het opnieuw.',
};

export function badRequest(detail: string, issues?: readonly Issue[]): Problem {
  return {
    status: 400,
    code: 'bad-request',
    title: 'Onjuiste aanvraag',
    detail,
    ...(issues === undefined ? {} : { issues }),
  };
}
