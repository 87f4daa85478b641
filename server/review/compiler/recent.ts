const KEPT_MAX = 8;

/** The values of the last few keys that were set. Two who set the same keys in the same order keep the same ones. */
export class Recent<Value> {
  readonly #values = new Map<string, Value>();

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) if (this.#values.size > KEPT_MAX) this.#values.delete(oldest);
  }
}
