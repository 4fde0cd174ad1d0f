import type { Service } from '@coupon-media/server';
import { request } from 'undici';

/** Reads the metrics of a service as Prometheus does: the value of each sample by its name and labels as written. */
export async function readMetrics({ metricsAddress }: Service): Promise<Map<string, number>> {
  const text = await metricsText(metricsAddress?.port);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

export async function metricsText(port = 0): Promise<string> {
  const answer = await request(`http://127.0.0.1:${port}/metrics`);
  return answer.body.text();
}
