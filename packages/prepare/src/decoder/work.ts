import { type PreparationPlan, planRequest } from '../plan.js';
import { encodePixels, encodingChanges } from './encode.js';
import { type OpenedImage, openImage } from './open.js';
import type { Drawn, Made, Result, Task } from './protocol.js';
import { readFacts } from './read-facts.js';
import { renderImage } from './render.js';
import { drawThumbnail } from './thumbnail.js';

/**
 * Examines an image, and prepares it if requested; or draws its thumbnail.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`, `FORMAT_UNSUPPORTED`, `CANNOT_FIT`
 */
export async function work({ source, format, limits, request, thumbnail }: Task): Promise<Result | Drawn> {
  const image = await openImage(format, source, limits.maxPixels);
  if (thumbnail) return { thumbnail: await drawThumbnail(image, thumbnail) };
  const { facts, stripped } = await readFacts(image, source);
  if (!request) return { facts, made: undefined };
  const plan = planRequest(facts, request);
  if (plan.action === 'render') return { facts, made: await draw(image, plan, request.maxBytes) };
  const bytes = plan.action === 'strip' ? stripped : undefined;
  return { facts, made: { ...plan, bytes, kind: format === 'png' ? 'png' : 'jpg' } };
}

async function draw(image: OpenedImage, plan: PreparationPlan, maxBytes: number): Promise<Made> {
  const { rendering } = plan;
  if (!rendering) throw new TypeError('a plan to render without a rendering');
  const pixels = await renderImage(image, rendering);
  const encoded = await encodePixels(pixels, rendering, maxBytes);
  const { bytes, rung, width, height } = encoded;
  const changes = [...plan.changes, ...encodingChanges(image.format, pixels, encoded, rendering)];
  return { bytes, kind: rung.kind, width, height, changes };
}
