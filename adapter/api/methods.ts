// A path that exists, asked with a method that it does not know: told which it does (RFC 9110 section 15.5.6).
import type { RequestHandler, Router } from 'express';
import { methodNotAllowed, sendProblem } from './problem.ts';

export const notAllowed =
  (methods: readonly string[]): RequestHandler =>
  (request, response) => {
    response.setHeader('Allow', methods.join(', '));
    sendProblem(response, methodNotAllowed(request.method, methods));
  };

/** Closes every path of the router for the methods that it has no route for; to be called when all routes are there. */
export function closeOtherMethods(router: Router): Router {
  const known = new Map<string, Set<string>>();
  for (const { route } of router.stack) {
    if (route === undefined) continue;
    const methods = known.get(route.path) ?? new Set();
    // GET answers HEAD; a route of its own is there to refuse it.
    for (const { method } of route.stack) if (method !== 'head') methods.add(method.toUpperCase());
    known.set(route.path, methods);
  }
  for (const [path, methods] of known) router.all(path, notAllowed([...methods]));
  return router;
}
