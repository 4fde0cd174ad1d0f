import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { startSandbox } from '@coupon-media/sandbox';
import { Ajv, type AnySchemaObject } from 'ajv';

const PICTURE = 'packages/sandbox/images/coupon.png';

/**
 * Gives a sandbox requests of each kind: accepted, refused, without a route, with a body that is no text, with a response that a proxy
 * wrote, without a response, replayed.
 *
 * @param runners the folder whose node_modules have har-schema, the schema that most tools validate with
 * @returns what is wrong with its HAR, with and without secrets, by that schema
 */
export async function harFaults(runners: string): Promise<(readonly unknown[])[]> {
  const validate = validatorOf(createRequire(path.join(runners, 'package.json')));
  const sandbox = await startSandbox({ language: 'en' });
  const { baseUrl } = sandbox.credentials;
  const client = await sandbox.client({ retries: 0 });
  try {
    await client.uploadImage(PICTURE);
    await fetch(`${baseUrl}/v2/x?a=1&b=?2`, { headers: { cookie: 'a=b' } });
    await fetch(`${baseUrl}/v3/x`, { method: 'POST', body: Buffer.from([255, 254, 0]) });
    for (const fault of ['PROXY_PAGE', 'RESET_ON_REQUEST_HEAD'] as const) {
      sandbox.faults.add({ response: { fault } });
      await client.uploadImage(PICTURE).catch(() => {});
      sandbox.faults.clear();
    }
    await sandbox.replay(1, { resign: true });
    const faults: (readonly unknown[])[] = [];
    for (const query of ['', '?whole=1']) {
      const har: Har = JSON.parse(await (await fetch(`${baseUrl}/sandbox/requests.har${query}`)).text());
      faults.push(validate(har, sandbox.requests.length));
    }
    return faults;
  } finally {
    await sandbox.stop();
  }
}

/** @returns a function that gives what is wrong with a HAR, or that it has another number of entries */
function validatorOf(load: NodeJS.Require): (har: Har, entries: number) => readonly unknown[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addMetaSchema(JSON.parse(readFileSync(DRAFT_06, 'utf8')));
  const schemas: Readonly<Record<string, AnySchemaObject>> = load('har-schema');
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  return (har, entries) => {
    if (!ajv.validate('har.json#', har)) return ajv.errors ?? [];
    return har.log.entries.length === entries ? [] : [`${har.log.entries.length} entries, not ${entries}`];
  };
}

interface Har {
  readonly log: { readonly entries: readonly unknown[] };
}

const DRAFT_06 = 'node_modules/ajv/dist/refs/json-schema-draft-06.json';
