// A picture of a screen with at most 256 colours, which takes a third of the bytes: https://www.w3.org/TR/png-3/
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const COLOURS_MAX = 256;
/** How the colours of a pixel are written: three or four bytes. */
const CHANNELS = { 2: 3, 6: 4 };

/** The same picture with 256 colours; the others become the nearest of those. What is transparent becomes opaque. */
export function withFewColours(png) {
  const { width, height, pixels } = readPng(png);
  const colours = chosenColours(pixels);
  const indices = new Map(colours.map((colour, index) => [colour, index]));
  const indexOf = (colour) => {
    if (!indices.has(colour)) indices.set(colour, nearest(colour, colours));
    return indices.get(colour);
  };
  const rows = Buffer.alloc(height * (width + 1));
  // Each row begins with the number of its filter, here of none.
  pixels.forEach((pixel, at) => (rows[at + Math.floor(at / width) + 1] = indexOf(pixel)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, which are an index into the palette.
  header.set([8, 3], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(colours.flatMap(channelsOf))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Those that most of it has; but first, of those that look alike, one: a mark that is small must not lose its colour to shades of text. */
function chosenColours(pixels) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const byCount = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour);
  const chosen = new Set();
  for (const apart of [64, 32, 16, 8, 0])
    for (const colour of byCount) {
      if (chosen.size === COLOURS_MAX) return [...chosen];
      if ([...chosen].every((known) => distance(known, colour) > apart ** 2)) chosen.add(colour);
    }
  return [...chosen];
}

function readPng(png) {
  const parts = [];
  let width = 0;
  let height = 0;
  let channels = 0;
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const content = png.subarray(at + 8, at + 8 + length);
    const name = png.toString("latin1", at + 4, at + 8);
    if (name === "IHDR") {
      [width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)];
      channels = CHANNELS[content[9]];
      if (content[8] !== 8 || channels === undefined || content[12] !== 0)
        throw new TypeError("A picture has 8 bits a channel, no palette, and is not interlaced");
    }
    if (name === "IDAT") parts.push(content);
    at += length + 12;
  }
  const rows = unfiltered(inflateSync(Buffer.concat(parts)), { stride: width * channels, channels });
  const pixels = Array.from({ length: width * height }, (_, at) => rows.readUIntBE(at * channels, 3));
  return { width, height, pixels };
}

/** Undoes what was done to each row so that it packs well. */
function unfiltered(filtered, { stride, channels }) {
  const rows = Buffer.alloc((filtered.length / (stride + 1)) * stride);
  for (let row = 0; row * stride < rows.length; row += 1) {
    const filter = filtered[row * (stride + 1)];
    for (let column = 0; column < stride; column += 1) {
      const at = row * stride + column;
      const left = column < channels ? 0 : rows[at - channels];
      const above = row === 0 ? 0 : rows[at - stride];
      const corner = row === 0 || column < channels ? 0 : rows[at - stride - channels];
      rows[at] = filtered[at + row + 1] + FILTERS[filter](left, above, corner);
    }
  }
  return rows;
}

const FILTERS = [
  () => 0,
  (left) => left,
  (_left, above) => above,
  (left, above) => (left + above) >> 1,
  (left, above, corner) => {
    const guess = left + above - corner;
    const [byLeft, byAbove, byCorner] = [left, above, corner].map((one) => Math.abs(guess - one));
    if (byLeft <= byAbove && byLeft <= byCorner) return left;
    return byAbove <= byCorner ? above : corner;
  },
];

function nearest(colour, colours) {
  const distances = colours.map((known) => distance(known, colour));
  return distances.indexOf(Math.min(...distances));
}

/** Squared. */
function distance(one, other) {
  const wanted = channelsOf(other);
  return channelsOf(one).reduce((sum, channel, index) => sum + (channel - wanted[index]) ** 2, 0);
}

function channelsOf(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function chunk(name, content) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
