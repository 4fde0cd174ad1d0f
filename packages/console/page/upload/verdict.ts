import {
  IMAGE_BYTES_LIMIT,
  type ImageInfo,
  imageDoubtTexts,
  type Text,
  type TextValues,
} from '@coupon-media/apiv3';
import { type Slot, type SlotName, slots } from '@coupon-media/prepare';
import { FAULTS, MISFITS } from '../messages/upload.js';
import type { Look } from './look.js';
import { MOST_SOURCE_BYTES } from './source-limit.js';

/** What is wrong with an image for its slot. */
export interface Finding {
  readonly text: Text;
  readonly values: TextValues;
  /**
   * `file`: no preparation makes an image of it. `bytes`: the service refuses them as they are. `slot`: it takes them, and the coupon
   * looks wrong.
   */
  readonly against: 'file' | 'bytes' | 'slot';
}

/**
 * Judges an image for a slot by the rules of apiv3, which the service has, and by those of prepare.
 *
 * @param bytes of the whole file
 * @returns none if it fits as it is
 */
export function findingsOf(look: Look, bytes: number, name: SlotName): readonly Finding[] {
  const { image } = look;
  if (bytes === 0) return [finding('empty', {}, 'file')];
  if (bytes > MOST_SOURCE_BYTES) return [finding('tooLong', { bytes, limit: MOST_SOURCE_BYTES }, 'file')];
  if (typeof image === 'string') return [{ text: FAULTS[image], values: {}, against: 'bytes' }];
  const slot = slots[name];
  return [
    ...(bytes > IMAGE_BYTES_LIMIT ? [finding('bytes', { bytes, limit: IMAGE_BYTES_LIMIT }, 'bytes')] : []),
    ...look.doubts.map((doubt) => ({ text: imageDoubtTexts[doubt], values: {}, against: 'slot' as const })),
    ...RULES.flatMap(([name, rule]) => {
      const values = rule(image, slot, look);
      return values ? [finding(name, values, 'slot')] : [];
    }),
  ];
}

/** @returns whether sending the image makes sense */
export function isSendable(findings: readonly Finding[], isToBePrepared: boolean): boolean {
  return findings.every(({ against }) => against === 'slot' || (isToBePrepared && against === 'bytes'));
}

type Rule = (image: ImageInfo, slot: Slot, look: Look) => TextValues | undefined;

/** What a slot wants of an image (contract 8.1). */
const RULES: readonly (readonly [keyof typeof MISFITS, Rule])[] = [
  [
    'kind',
    ({ kind }, { kinds }) =>
      kinds.some((one) => one === kind)
        ? undefined
        : { wanted: kinds.join(' / ').toUpperCase(), found: kind.toUpperCase() },
  ],
  [
    'pixels',
    ({ width, height }, slot) =>
      width === slot.width && height === slot.height
        ? undefined
        : { wantedWidth: slot.width, wantedHeight: slot.height, width, height },
  ],
  ['ratio', ({ width, height }, slot) => (width * slot.height === height * slot.width ? undefined : {})],
  [
    'margin',
    (_, { margin }, { clearMargin }) =>
      clearMargin === undefined || clearMargin >= margin ? undefined : { wanted: margin, found: clearMargin },
  ],
];

function finding(name: keyof typeof MISFITS, values: TextValues, against: Finding['against']): Finding {
  return { text: MISFITS[name], values, against };
}
