// API keys: only their hashes are configured, compared in constant time.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { forbidden, sendProblem, unauthorized } from './problem.ts';

export type ApiRole = 'application' | 'operator';

export interface ApiKey {
  /** Who uses it: appears in the journal and in logs. */
  readonly name: string;
  /** Lower-case hex SHA-256 of the key; keys are random and long, so no slow hash is needed. */
  readonly sha256: string;
  readonly roles: readonly ApiRole[];
}

export interface Caller {
  readonly name: string;
  readonly roles: readonly ApiRole[];
}

/** The caller behind an Authorization header; undefined when no key fits. Every key is compared, whichever fits. */
export function identify(authorization: string | undefined, keys: readonly ApiKey[]): Caller | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  const digest = createHash('sha256').update(token).digest();
  let found: Caller | undefined;
  for (const key of keys) {
    const expected = Buffer.from(key.sha256, 'hex');
    if (expected.length === digest.length && timingSafeEqual(expected, digest)) found = key;
  }
  return found;
}

/** One of these stands at each route of a message: a pattern beside the routes would read a path otherwise than they do. */
export interface Guards {
  readonly application: RequestHandler;
  readonly operator: RequestHandler;
  /** Operators see and move messages, but neither submit them nor read what they carry; applications see them too. */
  readonly either: RequestHandler;
}

export const guardsFor = (keys: readonly ApiKey[]): Guards => ({
  application: requireRole(['application'], keys),
  operator: requireRole(['operator'], keys),
  either: requireRole(['application', 'operator'], keys),
});

/** Lets a request through when its key has one of the roles; the caller is left in `response.locals.caller`. */
function requireRole(roles: readonly ApiRole[], keys: readonly ApiKey[]): RequestHandler {
  return (request, response, next) => {
    const caller = identify(request.headers.authorization, keys);
    if (caller === undefined) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      sendProblem(response, unauthorized);
      return;
    }
    if (!roles.some((role) => caller.roles.includes(role))) {
      sendProblem(response, forbidden);
      return;
    }
    response.locals.caller = caller;
    next();
  };
}
