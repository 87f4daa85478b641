const PERCENT = 37;
const PLUS = 43;
const SPACE = 32;
const AMPERSAND = 38;
const EQUALS = 61;

/** Decodes a form with one field piece by piece: the bytes of its value, and nothing of what comes before or after. */
export class FormReader {
  #state: "name" | "value" | "rest" = "name";
  /** The digits of an escape that has begun; null between escapes. */
  #digits: string | null = null;

  read(piece: Uint8Array): Uint8Array {
    const value = new Uint8Array(piece.length);
    let length = 0;
    for (const byte of piece) {
      const decoded = this.#take(byte);
      if (decoded === null) continue;
      value[length] = decoded;
      length += 1;
    }
    return value.subarray(0, length);
  }

  #take(byte: number): number | null {
    if (this.#state === "name" && byte === EQUALS) this.#state = "value";
    else if (this.#state === "value") return this.#decode(byte);
    return null;
  }

  #decode(byte: number): number | null {
    if (this.#digits !== null) return this.#takeDigit(byte, this.#digits);
    if (byte === AMPERSAND) this.#state = "rest";
    else if (byte === PERCENT) this.#digits = "";
    else return byte === PLUS ? SPACE : byte;
    return null;
  }

  #takeDigit(byte: number, before: string): number | null {
    const digits = before + String.fromCharCode(byte);
    this.#digits = digits.length === 2 ? null : digits;
    return digits.length === 2 ? Number.parseInt(digits, 16) : null;
  }
}
