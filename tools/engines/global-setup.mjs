/** For vitest: opens the broker before the tests, and ends every engine after them. */
import { openBroker } from './broker.mjs';
import { BROKER } from './index.mjs';

/** @type {Awaited<ReturnType<typeof openBroker>> | undefined} */
let broker;

export async function setup() {
  broker = await openBroker();
  process.env[BROKER] = broker.url;
}

export async function teardown() {
  await broker?.close();
}
