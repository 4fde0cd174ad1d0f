import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { SandboxError } from '../run/sandbox-error.js';
import { readRules } from './read-rules.js';
import type { ListedRule, Responses } from './table.js';

/** Bytes of a request that adds rules. */
const BODY_LIMIT = 1024 * 1024;

/** The rules that a table may have, so that nobody fills the memory with them. */
const RULES = 1_000;

/** `/sandbox/responses`: the table of responses, for programs in any language. */
export function responsesApi(responses: Responses): Hono {
  const api = new Hono();
  api.get('/', (context) => context.json({ responses: responses.list().map(shown) }));
  api.post(
    '/',
    bodyLimit({ maxSize: BODY_LIMIT, onError: (context) => context.json(TOO_LONG, 413, CLOSE) }),
    async (context) => {
      const given: unknown = await context.req.json().catch(() => undefined);
      if (given === undefined) return context.json(NO_JSON, 400);
      try {
        const rules = readRules(given);
        if (responses.list().length + rules.length > RULES) return context.json(FULL, 409);
        return context.json({ ids: rules.map((rule) => responses.add(rule)) }, 201);
      } catch (error) {
        if (!(error instanceof SandboxError)) throw error;
        return context.json({ code: error.code, message: error.message }, 400);
      }
    },
  );
  api.delete('/', (context) => {
    responses.clear();
    return context.body(null, 204);
  });
  api.delete('/:id', (context) =>
    responses.remove(Number(context.req.param('id'))) ? context.body(null, 204) : context.json(GONE, 404),
  );
  return api;
}

/** A rule as JSON: a function has none. */
function shown({ id, rule: { name, request, response }, isBuiltIn, used }: ListedRule): object {
  return { id, name, request, ...(typeof response === 'object' && { response }), isBuiltIn, used };
}

/** The rest of the body stays unread, so that no other request may follow it. */
const CLOSE = { Connection: 'close' };
const NO_JSON = { code: 'RESPONSES', message: 'the body is not JSON' } as const;
const TOO_LONG = { code: 'RESPONSES', message: 'the body is longer than 1 MiB' } as const;
const FULL = { code: 'RESPONSES', message: `there are ${RULES} rules at most; remove some` } as const;
const GONE = {
  code: 'NOT_FOUND',
  message: 'there is no such rule, or it came with the sandbox and can only be outdone by another',
} as const;
