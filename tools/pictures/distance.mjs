/** How far two colours are apart, as people see it: what is hardly opaque hardly counts. */

/**
 * @param {Uint8Array} one four bytes a pixel: red, green, blue and straight alpha
 * @param {Uint8Array} other
 * @param {number} at the position of a pixel's first byte
 * @param {number} [atOther] likewise, in the other
 * @returns {number} 0 to 255: the difference in the component that differs most, over black and over white
 */
export function distanceAt(one, other, at, atOther = at) {
  const [alpha, alphaOther] = [one[at + 3] ?? 0, other[atOther + 3] ?? 0];
  let most = Math.abs(alpha - alphaOther);
  for (let channel = 0; channel < 3; channel++) {
    const difference = (one[at + channel] ?? 0) * alpha - (other[atOther + channel] ?? 0) * alphaOther;
    most = Math.max(most, Math.abs(difference) / 255);
  }
  return most;
}
