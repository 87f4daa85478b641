// A little SVG, written by hand: no library to install, and the files open in any browser.

export const INK = "#1f2933";
export const QUIET = "#69737d";
export const PAPER = "#fcfbf8";

const RAMP = [
  [0, [237, 241, 238]],
  [0.3, [250, 219, 150]],
  [0.6, [232, 129, 61]],
  [1, [133, 20, 45]],
];

/** A whole drawing; its size is in pixels. */
export function drawing({ width, height, title }, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="Inter, 'Helvetica Neue', Arial, sans-serif">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="${PAPER}"/>
${parts.join("\n")}
</svg>
`;
}

/** Text with its baseline at `y`; `anchor` is start, middle or end. */
export function text(x, y, words, { size = 12, fill = INK, anchor = "start", weight = 400 } = {}) {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}">${escaped(words)}</text>`;
}

/** A box; `hint` is what a browser shows when the pointer rests on it. */
export function box({ x, y, width, height }, fill, hint) {
  const shape = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="2" fill="${fill}"`;
  return hint === undefined ? `<rect ${shape}/>` : `<rect ${shape}><title>${escaped(hint)}</title></rect>`;
}

/** The colour of a share from 0 to 1, from pale over orange to dark red; what is beyond has the colour of the end. */
export function heat(share) {
  const at = Math.min(1, Math.max(0, share));
  const next = Math.max(
    1,
    RAMP.findIndex(([stop]) => stop >= at),
  );
  const [from, low] = RAMP[next - 1];
  const [to, high] = RAMP[next];
  const part = (at - from) / (to - from);
  return `rgb(${low.map((channel, index) => Math.round(channel + (high[index] - channel) * part)).join(",")})`;
}

/** Text as SVG wants it. A city's name is data, and data must not become markup. */
export function escaped(words) {
  return String(words)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function round(value) {
  return Math.round(value * 10) / 10;
}
