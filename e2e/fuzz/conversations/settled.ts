import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { IMAGE_FOLDER, type ServiceProcess } from '../service.js';

/** What a service holds for others. */
export interface Vitals {
  /** By what they are. */
  descriptors: ReadonlyMap<string, number>;
  /** By their metrics' names. */
  gauges: Readonly<Record<string, number | undefined>>;
  ready: boolean;
}

/** At rest all of these are 0, whatever was asked and broken off before. */
const GAUGES = ['connections_open', 'uploads_under_way', 'in_flight_bytes', 'uploads_waiting'];

/** Milliseconds. A connection is read on for 2 s after its answer, and a silent one is cut off after 10. */
const PATIENCE = 20_000;

export async function vitalsOf(service: ServiceProcess): Promise<Vitals> {
  const { statusCode, body } = await request(`${service.credentials.baseUrl}/readyz`, { reset: true });
  await body.dump();
  const gauges: Record<string, number | undefined> = {};
  for (const name of GAUGES) gauges[name] = await service.gauge(name);
  return { descriptors: service.descriptors(), gauges, ready: statusCode === 200 };
}

/** @returns how many descriptors there are, but for those of folders */
export function total(descriptors: Vitals['descriptors']): number {
  return [...descriptors].reduce((sum, [kind, count]) => sum + (kind === IMAGE_FOLDER ? 0 : count), 0);
}

/** Waits until all that was held has come back. @returns what is held then, or still */
export async function settled(service: ServiceProcess, before: Vitals): Promise<Vitals> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const now = await vitalsOf(service);
    if (stillHeld(now, before).length === 0 || performance.now() > deadline) return now;
    await sleep(100);
  }
}

/** @returns what of it should have come back */
export function stillHeld({ descriptors, gauges, ready }: Vitals, before: Vitals): string[] {
  const wrong = Object.entries(gauges)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name} stays at ${value}`);
  for (const [kind, count] of descriptors) {
    const was = before.descriptors.get(kind) ?? 0;
    if (kind !== IMAGE_FOLDER && count > was)
      wrong.push(`${count} descriptors of the kind ${kind} stay, ${was} before`);
  }
  if (!ready) wrong.push('/readyz says no');
  return wrong;
}
