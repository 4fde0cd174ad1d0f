/**
 * Makes the curve that brings HDR to a screen without it: the reference-white tone mapping of SMPTE ST 2094-50, annex C, which
 * Chromium uses. White becomes half as bright, darker light in proportion; brighter light is pressed into the upper half along a
 * parabola, up to the brightest light, which becomes white.
 *
 * @param peak the brightest light, as a multiple of white
 * @returns the factor for a pixel whose brightest component has this light
 */
export function toneMapping(peak: number): (light: number) => number {
  const headroom = Math.log2(peak);
  const white = 1 - 0.5 * Math.min(headroom / USUAL_HEADROOM, 1);
  const middle = { x: 1 - KNEE + KNEE / white, y: (1 - KNEE) * white + KNEE };
  return (light) => {
    if (light <= 1) return white;
    if (light >= peak) return 1 / light;
    // The parameter of the parabola from (1, white) by the middle to (peak, 1), at this light.
    const a = 1 - 2 * middle.x + peak;
    const b = 2 * (middle.x - 1);
    const root = Math.sqrt(b * b - 4 * a * (1 - light));
    const t = (2 * (light - 1)) / (b + root);
    return ((1 - t) ** 2 * white + 2 * t * (1 - t) * middle.y + t * t) / light;
  };
}

/** Of 1000 nits over a white of 203. */
const USUAL_HEADROOM = Math.log2(1000 / 203);
const KNEE = 0.65;
