import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  type Change,
  type ChangeCode,
  describeSlot,
  type Fit,
  prepareImage,
  type SlotName,
} from '../dist/index.js';
import {
  BLUE,
  CLEAR,
  distance,
  GREEN,
  quarters,
  RED,
  type Rgba,
  type Seen,
  see,
  WHITE,
  YELLOW,
} from './images.js';

const TOLERANCE = 14; // JPG and scaling
const GREY: Rgba = [0x33, 0x44, 0x55, 255];

const codes = (changes: readonly Change[]): ChangeCode[] => changes.map(({ code }) => code);

function expectColour(seen: Seen, x: number, y: number, colour: Rgba): void {
  expect({ x, y, off: distance(seen.at(x, y), colour) <= TOLERANCE ? 0 : seen.at(x, y) }).toEqual({
    x,
    y,
    off: 0,
  });
}

/** Every pixel of the margin. */
function expectClearMargin(seen: Seen, margin: number): void {
  let filled = 0;
  for (let y = 0; y < seen.height; y++) {
    for (let x = 0; x < seen.width; x++) {
      const inside = x >= margin && y >= margin && x < seen.width - margin && y < seen.height - margin;
      if (!inside && seen.at(x, y)[3] !== 0) filled++;
    }
  }
  expect(filled).toBe(0);
}

interface Expected {
  kind: 'jpg' | 'png';
  /** The position of the image's corners: left, top, right, bottom, inclusive. */
  area: readonly [number, number, number, number];
  /** The colour beside the image, and a point there. */
  beside?: readonly [number, number, Rgba];
}

/** An image twice as wide as high, in every slot with every fit. */
const CASES: readonly [SlotName, Fit, Expected][] = [
  ['icon', 'contain', { kind: 'png', area: [120, 330, 959, 749], beside: [540, 200, CLEAR] }],
  ['icon', 'pad', { kind: 'png', area: [120, 330, 959, 749], beside: [540, 200, WHITE] }],
  ['icon', 'crop', { kind: 'png', area: [120, 120, 959, 959] }],
  ['background', 'contain', { kind: 'png', area: [0, 371, 1169, 955], beside: [585, 100, CLEAR] }],
  ['background', 'pad', { kind: 'jpg', area: [0, 371, 1169, 955], beside: [585, 100, WHITE] }],
  ['background', 'crop', { kind: 'jpg', area: [0, 0, 1169, 1325] }],
  ['detail', 'contain', { kind: 'png', area: [0, 371, 1169, 955], beside: [585, 1200, CLEAR] }],
  ['detail', 'pad', { kind: 'jpg', area: [0, 371, 1169, 955], beside: [585, 1200, WHITE] }],
  ['detail', 'crop', { kind: 'jpg', area: [0, 0, 1169, 1325] }],
];

describe('slots and fits', async () => {
  const source = await quarters(2400, 1200).jpeg({ quality: 95 }).toBuffer();

  test.each(CASES)('%s, %s', async (slot, fit, { kind, area: [left, top, right, bottom], beside }) => {
    const { width, height, margin } = describeSlot(slot);
    const made = await prepareImage(source, { slot, fit });
    expect(made).toMatchObject({ kind, width, height, unchanged: false, filename: `${slot}.${kind}` });
    expect(made.bytes.length).toBeLessThan(2_000_000);
    const seen = await see(made.bytes);
    expect([seen.width, seen.height]).toEqual([width, height]);
    expectClearMargin(seen, margin);
    for (const inset of [4, 40]) {
      expectColour(seen, left + inset, top + inset, RED);
      expectColour(seen, right - inset, top + inset, GREEN);
      expectColour(seen, left + inset, bottom - inset, BLUE);
      expectColour(seen, right - inset, bottom - inset, YELLOW);
    }
    if (beside) expectColour(seen, ...beside);
  });

  test('the changes are reported in order', async () => {
    const icon = await prepareImage(source, { slot: 'icon' });
    expect(icon.changes).toEqual([
      { code: 'RESIZED', values: { fromWidth: 2400, fromHeight: 1200, width: 840, height: 420 } },
      { code: 'PADDED_CLEAR', values: { horizontal: 0, vertical: 420 } },
      { code: 'MARGIN_ADDED', values: { margin: 120 } },
      { code: 'CONVERTED', values: { from: 'JPG', to: 'PNG' } },
    ]);
    const background = await prepareImage(source, { slot: 'background' });
    expect(background.changes).toEqual([
      { code: 'CROPPED', values: { left: 670, top: 0, width: 1059, height: 1200, percent: 44 } },
      {
        code: 'ENLARGED',
        values: { fromWidth: 1059, fromHeight: 1200, width: 1170, height: 1326, factor: 1326 / 1200 },
      },
      { code: 'RECOMPRESSED', values: { kind: 'JPG' } },
    ]);
  });

  test.each([
    ['left', RED, RED],
    ['right', GREEN, GREEN],
    ['centre', RED, GREEN],
  ] as const)('cropping keeps what is in focus: %s', async (focus, atLeft, atRight) => {
    const seen = await see((await prepareImage(source, { slot: 'background', focus })).bytes);
    expectColour(seen, 20, 20, atLeft);
    expectColour(seen, 1150, 20, atRight);
  });

  test.each([
    ['top', 4, CLEAR, 4 + 840],
    ['bottom', 1321, CLEAR, 1321 - 840],
  ] as const)('padding puts the image where the focus is: %s', async (focus, filled, _, empty) => {
    const seen = await see((await prepareImage(source, { slot: 'background', fit: 'contain', focus })).bytes);
    expect(seen.at(585, filled)[3]).toBe(255);
    expect(seen.at(585, empty)[3]).toBe(0);
  });

  test('a colour lies behind the image, and not in the margin of an icon', async () => {
    const logo = await quarters(600, 600, [RED, CLEAR, CLEAR, YELLOW]).png().toBuffer();
    const icon = await prepareImage(logo, { slot: 'icon', background: '#345' });
    expect(codes(icon.changes)).toContain('FLATTENED');
    const seen = await see(icon.bytes);
    expectClearMargin(seen, 120);
    expectColour(seen, 130, 130, RED);
    expectColour(seen, 950, 130, GREY);
    expectColour(seen, 950, 950, YELLOW);

    const background = await prepareImage(logo, { slot: 'background', background: '#334455' });
    expect(background.kind).toBe('png'); // the source is exact, and so is the result
    expectColour(await see(background.bytes), 1100, 100, GREY);
  });

  test('transparency in a background is kept', async () => {
    const source = await quarters(1170, 1326, [RED, CLEAR, BLUE, CLEAR]).webp({ quality: 90 }).toBuffer();
    const made = await prepareImage(source, { slot: 'background' });
    expect(made.kind).toBe('png');
    expectColour(await see(made.bytes), 1100, 100, CLEAR);
  });

  test.each([
    ['a line one pixel high', 3000, 1],
    ['a line one pixel wide', 1, 3000],
    ['a single pixel', 1, 1],
  ])('%s has a place in every slot', async (_, width, height) => {
    const line = await quarters(width, height, [RED, RED, RED, RED]).png().toBuffer();
    for (const slot of ['icon', 'background'] as const) {
      for (const fit of ['crop', 'pad', 'contain'] as const) {
        const made = await prepareImage(line, { slot, fit });
        expect(made).toMatchObject({ width: describeSlot(slot).width, height: describeSlot(slot).height });
        expectColour(await see(made.bytes), made.width / 2 - 1, made.height / 2 - 1, RED);
      }
    }
  });
});

describe('an icon that brings its margin along', () => {
  async function withMargin(side: number, margin: number): Promise<Buffer> {
    const inner = await quarters(side - 2 * margin, side - 2 * margin)
      .png()
      .toBuffer();
    const sides = { top: margin, bottom: margin, left: margin, right: margin };
    return sharp(inner)
      .extend({ ...sides, background: { r: 0, g: 0, b: 0, alpha: 0 } })
      .png()
      .toBuffer();
  }

  test('is scaled as a whole, not given a second margin', async () => {
    const made = await prepareImage(await withMargin(2160, 240), { slot: 'icon' });
    expect(made.changes).toEqual([
      { code: 'RESIZED', values: { fromWidth: 2160, fromHeight: 2160, width: 1080, height: 1080 } },
      { code: 'RECOMPRESSED', values: { kind: 'PNG' } },
    ]);
    const seen = await see(made.bytes);
    expectClearMargin(seen, 120);
    expectColour(seen, 130, 130, RED);
    expectColour(seen, 950, 950, YELLOW);
  });

  test('is left alone at its size', async () => {
    const source = await withMargin(1080, 120);
    const made = await prepareImage(source, { slot: 'icon' });
    expect(made).toMatchObject({ unchanged: true, changes: [] });
    expect(made.bytes.equals(source)).toBe(true);
  });

  test('one pixel too little is too little', async () => {
    const made = await prepareImage(await withMargin(1080, 119), { slot: 'icon' });
    expect(codes(made.changes)).toEqual(['RESIZED', 'MARGIN_ADDED', 'RECOMPRESSED']);
    expectClearMargin(await see(made.bytes), 120);
  });
});

describe('describeSlot', () => {
  test('says what contract 8.1 says', () => {
    expect(describeSlot('icon', 'en')).toMatchObject({
      width: 1080,
      height: 1080,
      ratio: '1:1',
      margin: 120,
      kinds: ['png'],
    });
    expect(describeSlot('icon').text).toBe(
      '商品券图标：1:1，1080×1080 像素，透明底 PNG，四边各留 120 像素透明边距（主体在中间 840×840）。',
    );
    for (const slot of ['background', 'detail'] as const) {
      expect(describeSlot(slot)).toMatchObject({ width: 1170, height: 1326, ratio: '65:77', margin: 0 });
    }
  });

  test('refuses a name that is not a slot', () => {
    expect(() => describeSlot('toString' as SlotName)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
