// REST for operators: CPAs, commands on messages, notes of what belongs to no message.
import type { Request, Response } from 'express';
import { Router } from 'express';
import { formatDateTime, type Issue } from '../base/index.ts';
import type { Gateway } from '../gateway/index.ts';
import type { OperatorCommand } from '../msh/index.ts';
import { redact } from '../observe/index.ts';
import type { SystemNote } from '../store/index.ts';
import type { Caller, Guards } from './auth.ts';
import type { WithBody } from './bodies.ts';
import { closeOtherMethods } from './methods.ts';
import { badRequest, notFound, type Problem, sendProblem } from './problem.ts';
import { messageView, toRecordId } from './views.ts';

const COMMANDS: readonly OperatorCommand[] = ['retry', 'cancel', 'redeliver', 'discard'];
/** No move of the message itself: it stays as it ended, and a new one is made. */
const RESEND = 'resend';
const MAX_CPA = 5 * 1024 * 1024;
const MAX_COMMAND = 10 * 1024;
const COMMAND = '/messages/:id/commands';

export function operationsRouter(gateway: Gateway, { operator }: Guards, withBody: WithBody): Router {
  const router = Router();
  router.get('/cpas', async (_request, response) => {
    const cpas = await gateway.cpas();
    response.json({ cpas: cpas.map((cpa) => ({ ...cpa, importedAt: formatDateTime(cpa.importedAt) })) });
  });
  router.get('/cpas/:id', async (request, response) => {
    const cpa = await gateway.cpa(request.params.id);
    if (cpa === undefined) return sendProblem(response, notFound);
    response.type('application/xml').send(Buffer.from(cpa.xml));
  });
  router.post(
    '/cpas',
    withBody((request, response) => importCpa(gateway, request, response), MAX_CPA),
  );
  router.delete('/cpas/:id', async (request, response) => {
    if (!(await gateway.removeCpa(request.params.id, (response.locals.caller as Caller).name)))
      return sendProblem(response, notFound);
    response.status(204).end();
  });
  router.post(COMMAND, operator);
  router.post(
    COMMAND,
    withBody((request, response) => command(gateway, request, response), MAX_COMMAND),
  );
  router.get('/notes', async (_request, response) => {
    const notes = await gateway.notes(200);
    response.json({ notes: notes.map(noteView) });
  });
  return closeOtherMethods(router);
}

/** What a stranger wrote may stand in it: the names of elements and ids are his words (row 159). */
const noteView = ({ at, detail, ...note }: SystemNote) => ({ ...note, at: formatDateTime(at), detail: redact(detail) });

async function command(gateway: Gateway, request: Request, response: Response): Promise<void> {
  const { name } = response.locals.caller as Caller;
  const id = toRecordId(String(request.params.id));
  const asked = commandOf(request.body);
  if (asked === RESEND) return sendResent(await gateway.resend(id, name), response);
  const known = COMMANDS.find((one) => one === asked);
  if (known === undefined) {
    const found = asked === undefined ? 'ontbreekt; ' : '';
    return sendProblem(response, badRequest(`command: ${found}verwacht een van ${[...COMMANDS, RESEND].join(', ')}.`));
  }
  const result = await gateway.operate(id, known, name);
  if (!result.ok) return sendProblem(response, notPossible(result.error));
  response.json(messageView(result.value));
}

function commandOf(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return undefined;
  try {
    return (JSON.parse(Buffer.from(body).toString('utf8')) as { command?: unknown } | null)?.command;
  } catch {
    return undefined;
  }
}

async function importCpa(gateway: Gateway, request: Request, response: Response): Promise<void> {
  if (!(request.body instanceof Buffer)) return sendProblem(response, badRequest('Verwacht wordt een CPA als XML.'));
  const caller = response.locals.caller as Caller;
  const result = await gateway.importCpa(request.body, {
    by: caller.name,
    replace: request.query.replace === 'true',
    dryRun: request.query.dryRun === 'true',
  });
  if (result.outcome === 'refused') {
    const title = 'De CPA is niet geïmporteerd';
    return sendProblem(response, { status: 422, code: 'cpa-refused', title, issues: result.issues });
  }
  const body = { cpaId: result.agreement?.cpaId, outcome: result.outcome, issues: result.issues };
  response.status(result.outcome === 'imported' ? 201 : 200).json(body);
}

/** 202 with the new message, 200 when it was there already. */
function sendResent(result: Awaited<ReturnType<Gateway['resend']>>, response: Response): void {
  if (!result.ok) {
    sendProblem(response, notPossible(result.error));
    return;
  }
  const view = messageView(result.value.record);
  response
    .status(result.value.created ? 202 : 200)
    .location(view.href)
    .json(view);
}

const notPossible = (issues: readonly Issue[]): Problem =>
  issues.some(({ code }) => code === 'NotFound')
    ? notFound
    : { status: 409, code: 'not-possible', title: 'Kan nu niet', issues };
