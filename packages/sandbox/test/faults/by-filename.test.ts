import { describe, expect, test } from 'vitest';
import { faultOfFilename } from '../../dist/faults/by-filename.js';

const ALWAYS = Number.POSITIVE_INFINITY;

describe('a filename asks for', () => {
  test.each<[string, object, number]>([
    ['fault-429.png', { refusal: 'rateExceeded' }, ALWAYS],
    ['fault-429-x2.JPG', { refusal: 'rateExceeded' }, 2],
    ['fault-401.png', { refusal: 'signatureWrong' }, ALWAYS],
    ['fault-no-auth.png', { refusal: 'permissionMissing' }, ALWAYS],
    ['fault-certificateExpired.bmp', { refusal: 'certificateExpired' }, ALWAYS],
    ['fault-500.jpeg', { refusal: 'systemError' }, ALWAYS],
    ['fault-502.png', { fault: 'BAD_GATEWAY' }, ALWAYS],
    ['fault-unsigned.png', { fault: 'UNSIGNED' }, ALWAYS],
    ['fault-connection-reset-by-peer-x1.png', { fault: 'CONNECTION_RESET_BY_PEER' }, 1],
    ['fault-delay-3000.png', { fixedDelayMilliseconds: 3000 }, ALWAYS],
    ['fault-delay-999999.png', { fixedDelayMilliseconds: 600_000 }, ALWAYS],
    ['fault-dribble-50-x1.png', { chunkedDribbleDelay: { numberOfChunks: 10, totalDuration: 50 } }, 1],
  ])('%s', (filename, response, count) => {
    expect(faultOfFilename(filename)).toMatchObject({ response, count });
  });

  test.each([
    'coupon.png',
    'fault-.png',
    'fault-nothing.png',
    'default-429.png',
    'fault-connection-refused.png',
    'fault-429.txt',
  ])('nothing: %s', (filename) => {
    expect(faultOfFilename(filename)).toBeUndefined();
  });
});
