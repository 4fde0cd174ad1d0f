import { errorText, refusals } from '@coupon-media/apiv3';
import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { SandboxError } from '../run/sandbox-error.js';
import type { Faults } from './faults.js';
import { readFaultRules } from './read-rule.js';
import { faults as table } from './table.js';

/** What `/sandbox/faults` works with. */
export interface FaultRoutes {
  readonly faults: Faults;
  /** The origins of the two hosts. */
  origins(): readonly string[];
  /** Unix milliseconds. */
  now(): number;
}

/** Bytes. */
const LONGEST = 1024 * 1024;

const TOO_LARGE = { code: 'TOO_LARGE', message: 'the body is longer than 1 MiB' } as const;
/** The rest of the body stays unread, so that no other request may follow it. */
const CLOSE = { Connection: 'close' };

const NO_RULE = { code: 'NOT_FOUND', message: 'there is no rule of this name' } as const;

/** Adds `/sandbox/faults` to the sandbox's own API. */
export function addFaultRoutes(app: Hono, { faults, origins, now }: FaultRoutes): void {
  app.get('/sandbox/faults', (context) =>
    context.json({ hosts: origins(), rules: faults.list(), faults: described(), refusals: refusalTexts() }),
  );
  app.post(
    '/sandbox/faults',
    bodyLimit({ maxSize: LONGEST, onError: (context) => context.json(TOO_LARGE, 413, CLOSE) }),
    async (context) => {
      try {
        faults.add(...readFaultRules(JSON.parse(await context.req.text()), now()));
        return context.json({ rules: faults.list() }, 201);
      } catch (error) {
        if (error instanceof SandboxError)
          return context.json({ code: error.code, message: error.message, texts: error.texts }, 400);
        return context.json({ code: 'NOT_JSON', message: errorText(error).en }, 400);
      }
    },
  );
  app.delete('/sandbox/faults/:name', (context) => {
    const found = faults.remove(context.req.param('name'));
    return found > 0 ? context.body(null, 204) : context.json(NO_RULE, 404);
  });
  app.delete('/sandbox/faults', (context) => {
    faults.clear();
    return context.body(null, 204);
  });
}

function described(): object {
  return Object.fromEntries(Object.entries(table).map(([name, { text }]) => [name, text]));
}

/** What each refusal says, with the places of its values. */
function refusalTexts(): object {
  return Object.fromEntries(
    Object.entries(refusals).map(([name, { status, code, message }]) => [
      name,
      { status, code, text: message },
    ]),
  );
}
