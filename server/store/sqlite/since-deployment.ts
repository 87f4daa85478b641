/** So many answers are kept. */
const KEPT_MAX = 1000;

/**
 * Answers about what is deployed, kept until something else is. What is asked while a deployment is written may be of before it, and is
 * not kept.
 */
export class SinceDeployment<Value> {
  readonly #answers = new Map<string, Value>();
  #deployments = 0;

  /** The answer to the question of this text. */
  async find(text: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#answers.get(text);
    if (known !== undefined) return known;
    const before = this.#deployments;
    const value = await read();
    if (this.#deployments !== before) return value;
    this.#answers.set(text, value);
    const oldest = this.#answers.keys().next().value;
    if (this.#answers.size > KEPT_MAX && oldest !== undefined) this.#answers.delete(oldest);
    return value;
  }

  /** Something else is deployed now: to be called once it can be read. */
  forget(): void {
    this.#deployments += 1;
    this.#answers.clear();
  }
}
