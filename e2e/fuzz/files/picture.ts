import { createImageInspector, inspectImage } from '@coupon-media/apiv3';
import { broken, type Target } from './target.js';

const latin1 = (hex: string) => Buffer.from(hex, 'hex').toString('latin1');

export const picture: Target = {
  name: 'picture',
  words: [
    ...[
      '89504e470d0a1a0a0000000d49484452',
      '49484452',
      '49444154',
      '49454e44',
      '00000001',
      '7fffffff',
      '0806000000',
      '0403000001',
    ],
    ...[
      'ffd8',
      'ffd8ffe0',
      'ffc0',
      'ffc00011080010001003',
      'ffc2',
      'ffc4',
      'ffda',
      'ffd9',
      'ffff',
      'ff00',
      '00ffc0',
      '0002',
    ],
    ...[
      '424d',
      '424d3a000000000000003600000028000000',
      '0c000000',
      '28000000',
      '6c000000',
      '7c000000',
      '010018',
    ],
  ].map(latin1),
  read(bytes) {
    const whole = JSON.stringify(inspectImage(bytes));
    const at = (bytes[bytes.length - 1] ?? 0) % (bytes.length + 1);
    for (const pieces of [
      [...bytes].map((one) => Buffer.of(one)),
      [bytes.subarray(0, at), bytes.subarray(at)],
    ]) {
      const inspector = createImageInspector();
      for (const piece of pieces) inspector.write(piece);
      if (JSON.stringify(inspector.result()) !== whole) broken('a picture in pieces is another one');
    }
  },
};
