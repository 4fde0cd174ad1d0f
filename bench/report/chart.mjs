/** Bars as an SVG, readable on light and on dark. */

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {{ label: string, value: number, ours: boolean }[]} bars
 */

const WIDTH = 760;
const LABELS = 270;
const VALUES = 70;
const BAR = 18;
const STEP = 26;
const TITLE = 34;

/**
 * @param {string} title
 * @param {readonly Panel[]} panels one above the other, each with a scale of its own
 * @returns {string}
 */
export function barChart(title, panels) {
  let y = 40;
  const drawn = panels.map((panel) => {
    const top = y;
    y += TITLE + panel.bars.length * STEP + 10;
    return drawPanel(panel, top);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="13">
<style>text{fill:#1f2328}.ours{fill:#07863c}.other{fill:#8c959f}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#2ea861}.other{fill:#6e7681}}</style>
<text x="0" y="20" font-size="16" font-weight="600">${escaped(title)}</text>
${drawn.join('\n')}
</svg>
`;
}

/**
 * @param {Panel} panel
 * @param {number} top
 */
function drawPanel({ title, bars }, top) {
  const most = Math.max(...bars.map(({ value }) => value));
  const lines = bars.map(({ label, value, ours }, at) => {
    const y = top + TITLE + at * STEP;
    const length = (value / most) * (WIDTH - LABELS - VALUES);
    return (
      `<text x="${LABELS - 8}" y="${y + 13}" text-anchor="end">${escaped(label)}</text>` +
      `<rect class="${ours ? 'ours' : 'other'}" x="${LABELS}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>` +
      `<text x="${(LABELS + length + 6).toFixed(1)}" y="${y + 13}">${value.toLocaleString('en-US', { maximumFractionDigits: 0 })}</text>`
    );
  });
  return `<text x="0" y="${top + 20}" font-weight="600">${escaped(title)}</text>\n${lines.join('\n')}`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
