import { writeUtf8 } from "../syntax/utf8.js";

const BLOCK_BYTES = 64;
/** A character that begins in a block may go on beyond its end. */
const CHARACTER_BYTES_MAX = 4;

/**
 * SHA-256 in TypeScript (FIPS 180-4), since this package is synchronous and has no platform to ask. Takes what is hashed
 * piece by piece, so that it need not be there as a whole.
 */
export class Sha256 {
  readonly #state = new Int32Array(INITIAL);
  readonly #schedule = new Int32Array(64);
  readonly #block = new Uint8Array(BLOCK_BYTES + CHARACTER_BYTES_MAX);
  readonly #view = new DataView(this.#block.buffer);
  /** Bytes of the block that is being filled. */
  #filled = 0;
  /** Bytes of those before. */
  #done = 0;

  addBytes(bytes: Uint8Array): this {
    for (const byte of bytes) {
      this.#block[this.#filled++] = byte;
      if (this.#filled >= BLOCK_BYTES) this.#compress();
    }
    return this;
  }

  /** The text in UTF-8; a lone surrogate is taken as U+FFFD. */
  addText(text: string): this {
    const block = this.#block;
    let filled = this.#filled;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      // Nearly all of any text; a code point is only looked for where there may be more than a unit.
      if (unit < 0x80) block[filled++] = unit;
      else {
        const point = text.codePointAt(at) ?? 0;
        if (point > 0xffff) at += 1;
        filled = writeUtf8(block, filled, point);
      }
      if (filled < BLOCK_BYTES) continue;
      this.#filled = filled;
      this.#compress();
      filled = this.#filled;
    }
    this.#filled = filled;
    return this;
  }

  /** The hash as 64 hex digits; nothing may be added after it. */
  hex(): string {
    const bits = (this.#done + this.#filled) * 8;
    this.#block[this.#filled++] = 0x80;
    if (this.#filled > BLOCK_BYTES - 8) {
      this.#block.fill(0, this.#filled);
      this.#compress();
    }
    this.#block.fill(0, this.#filled);
    this.#view.setUint32(BLOCK_BYTES - 8, Math.floor(bits / 0x1_0000_0000));
    this.#view.setUint32(BLOCK_BYTES - 4, bits >>> 0);
    this.#compress();
    let hex = "";
    for (const word of this.#state) hex += (word >>> 0).toString(16).padStart(8, "0");
    return hex;
  }

  #compress(): void {
    fillSchedule(this.#schedule, this.#view);
    compress(this.#state, this.#schedule);
    if (this.#filled > BLOCK_BYTES) this.#block.copyWithin(0, BLOCK_BYTES);
    this.#filled = Math.max(0, this.#filled - BLOCK_BYTES);
    this.#done += BLOCK_BYTES;
  }
}

const INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

const ROUND_CONSTANTS = Int32Array.from([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

function fillSchedule(schedule: Int32Array, block: DataView): void {
  for (let at = 0; at < 16; at += 1) schedule[at] = block.getInt32(at * 4);
  for (let at = 16; at < 64; at += 1) {
    const x = word(schedule, at - 15);
    const y = word(schedule, at - 2);
    const first = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const second = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    schedule[at] = word(schedule, at - 16) + first + word(schedule, at - 7) + second;
  }
}

/** The eight words have the letters of the standard and are locals, since all that is hashed passes here. */
function compress(state: Int32Array, schedule: Int32Array): void {
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let round = 0; round < 64; round += 1) {
    const sumE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choose = (e & f) ^ (~e & g);
    const first = (h + sumE + choose + word(ROUND_CONSTANTS, round) + word(schedule, round)) | 0;
    const sumA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sumA + majority) | 0;
  }
  // An Int32Array keeps the lower 32 bits of what it is given; no list of the letters is made, for the same reason as above.
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
}

function word(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
