import type { RawPixels } from '../raw.js';
import { toSrgbMatrix } from './matrix.js';
import { type ColourSpace, lightToSrgb } from './space.js';
import { toneMapping } from './tone-map.js';

/** Converts the colours of pixels to sRGB with eight bits a component. Alpha stays. */
export function toSrgb(pixels: RawPixels, space: ColourSpace, out: Uint8Array): void {
  const { data, channels, most } = pixels;
  const grey = channels <= 2;
  const step = grey ? 3 + channels - 1 : channels;
  const light = lightTable(space, most);
  const encoded = encodingTable();
  const bright = brightness(space);
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = toSrgbMatrix(space.primaries);
  const encode = (value: number): number =>
    encoded[value <= 0 ? 0 : value >= 1 ? STEPS : Math.round(value * STEPS)] ?? 0;
  const at = (index: number): number => light[data[index] ?? 0] ?? 0;
  for (let from = 0, to = 0; from < data.length; from += channels, to += step) {
    const r = at(from);
    const g = grey ? r : at(from + 1);
    const b = grey ? r : at(from + 2);
    const factor = bright(r, g, b);
    out[to] = encode(factor * (rr * r + rg * g + rb * b));
    out[to + 1] = encode(factor * (gr * r + gg * g + gb * b));
    out[to + 2] = encode(factor * (br * r + bg * g + bb * b));
    if (step === 4) out[to + 3] = Math.round((255 * (data[from + channels - 1] ?? 0)) / most);
  }
}

/** The light of every possible number. */
function lightTable({ toLight }: ColourSpace, most: number): Float64Array {
  return Float64Array.from({ length: most + 1 }, (_, value) => toLight(value / most));
}

/** The factor for a pixel's light: 1 without HDR. */
function brightness({ peak, systemGamma }: ColourSpace): (r: number, g: number, b: number) => number {
  if (peak === undefined) return () => 1;
  const mapped = toneMapping(peak);
  const screen = (r: number, g: number, b: number): number =>
    systemGamma === undefined ? 1 : peak * (0.2627 * r + 0.678 * g + 0.0593 * b) ** (systemGamma - 1);
  return (r, g, b) => {
    const factor = screen(r, g, b);
    return factor * mapped(factor * Math.max(r, g, b));
  };
}

/** The number of sRGB for light in equal steps, fine enough for the darkest colours. */
const STEPS = 1 << 16;
let table: Uint8Array | undefined;

function encodingTable(): Uint8Array {
  table ??= Uint8Array.from({ length: STEPS + 1 }, (_, step) => Math.round(255 * lightToSrgb(step / STEPS)));
  return table;
}
