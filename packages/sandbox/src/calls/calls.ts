import type { ImageReader, SignedRoute } from '@coupon-media/server';
import { givenImages } from './coupon-images.js';
import { createCoupons } from './coupons.js';
import { createRemarks, type Remarks } from './remarks.js';
import { callRoutes } from './routes.js';
import type { ResponseRule } from './rule.js';
import { createResponseTable, type Responses } from './table.js';

/** How a sandbox responds to signed calls that are not uploads. */
export interface Calls {
  readonly routes: readonly SignedRoute[];
  readonly responses: Responses;
  readonly remarks: Remarks;
  /** Forgets the coupons, and the responses that were added since the start. */
  reset(): void;
}

export interface CallsOptions {
  readonly images: Pick<ImageReader, 'read'>;
  /** The beginning of the images' URLs. */
  publicUrl(): string;
  /** Responses beside creating a coupon, checked. */
  readonly initial: readonly ResponseRule[];
}

export function createCalls({ images, publicUrl, initial }: CallsOptions): Calls {
  const coupons = createCoupons(givenImages(images, publicUrl));
  const responses = createResponseTable(coupons.rules, initial);
  const remarks = createRemarks();
  return {
    routes: callRoutes(responses, remarks),
    ...{ responses, remarks },
    reset() {
      coupons.clear();
      responses.clear();
    },
  };
}
