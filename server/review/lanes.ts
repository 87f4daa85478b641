/** Work by lanes: what stands in one waits for what is before it, and is then taken all at once. Lanes do not wait for each other. */
export class Lanes<Item> {
  readonly #work: (items: readonly Item[]) => Promise<void>;
  readonly #waiting = new Map<string, Item[]>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /** `work` never fails. */
  constructor(work: (items: readonly Item[]) => Promise<void>) {
    this.#work = work;
  }

  /** Puts an item at the end of its lane. */
  add(lane: string, item: Item): void {
    const waiting = this.#waiting.get(lane);
    if (waiting !== undefined) {
      waiting.push(item);
      return;
    }
    this.#waiting.set(lane, [item]);
    void this.run(lane, () => {
      const items = this.#waiting.get(lane) ?? [];
      this.#waiting.delete(lane);
      return this.#work(items);
    });
  }

  /** Does something when all that stood in the lane before is done. */
  run<Result>(lane: string, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(lane) ?? Promise.resolve()).catch(() => undefined).then(work);
    this.#turns.set(lane, turn);
    const forget = (): void => {
      if (this.#turns.get(lane) === turn) this.#turns.delete(lane);
    };
    turn.then(forget, forget);
    return turn;
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#turns.size > 0) await Promise.allSettled(this.#turns.values());
  }
}
