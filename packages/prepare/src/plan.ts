import type { Change } from './changes.js';
import type { ImageFacts, Size } from './facts.js';
import { checkOptions, type PrepareOptions, type Request } from './options.js';
import { framesDropped, metadataRemoved, renderingChanges } from './planned-changes.js';
import { isDrawnAlready, outerSize, planRendering, type Rendering } from './rendering.js';

/** The plan of a preparation, as plain data. */
export interface PreparationPlan extends Size {
  /**
   * `keep`: the bytes stay unchanged; `strip`: metadata is removed and the pixels stay unchanged; `render`: the image is
   * rendered again.
   */
  readonly action: 'keep' | 'strip' | 'render';
  /**
   * The changes that are certain beforehand. Only encoding shows how far quality or size must be reduced to fit into the bytes.
   */
  readonly changes: readonly Change[];
  /** For `render`. */
  readonly rendering: Rendering | undefined;
}

/**
 * Decides how to prepare an image from its facts. It is a pure function: for a dry run, pass the result of `examineImage`.
 *
 * @throws PrepareError `OPTION_INVALID`, also for a `crop` that is not within the image
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

/** The same for options that were already checked. */
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
