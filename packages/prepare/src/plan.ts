import type { Change } from './changes.js';
import type { ImageFacts, Size } from './facts.js';
import { checkOptions, type PrepareOptions, type Request } from './options.js';
import { framesDropped, metadataRemoved, renderingChanges } from './planned-changes.js';
import { isDrawnAlready, outerSize, planRendering, type Rendering } from './rendering.js';

/** What would be done to an image. Plain data. */
export interface PreparationPlan extends Size {
  /** `keep`: byte for byte as it is; `strip`: metadata taken out, no pixel touched; `render`: drawn anew. */
  readonly action: 'keep' | 'strip' | 'render';
  /** All that is certain beforehand. How far quality or size must go down to keep within the bytes, only encoding tells. */
  readonly changes: readonly Change[];
  /** For `render`. */
  readonly rendering: Rendering | undefined;
}

/**
 * Decides what is done to an image, from what is known of it. Pure: for a dry run, give it what `examineImage` found.
 *
 * @throws PrepareError `OPTION_INVALID`
 * @example
 * ```ts
 * import { describeChange, examineImage, planImage } from '@coupon-media/prepare';
 *
 * const facts = await examineImage('logo.bmp');
 * const plan = planImage(facts, { slot: 'icon' });
 * console.log(plan.action, plan.changes.map((change) => describeChange(change, 'en')));
 * ```
 */
export function planImage(facts: ImageFacts, options: PrepareOptions = {}): PreparationPlan {
  return planRequest(facts, checkOptions(options));
}

/** The same, with options that were checked already. */
export function planRequest(facts: ImageFacts, request: Request): PreparationPlan {
  const rendering = planRendering(facts, request);
  if (isDrawnAlready(facts, rendering, request)) {
    const { width, height } = facts;
    const clean = facts.metadata.length === 0 && facts.frames === 1;
    if (clean && facts.bytes <= request.maxBytes) {
      return { action: 'keep', width, height, changes: [], rendering: undefined };
    }
    if (!clean && (facts.strippedBytes ?? Infinity) <= request.maxBytes) {
      const changes = [...framesDropped(facts), ...metadataRemoved(facts)];
      return { action: 'strip', width, height, changes, rendering: undefined };
    }
  }
  return {
    action: 'render',
    ...outerSize(rendering),
    changes: renderingChanges(facts, rendering),
    rendering,
  };
}
