/** Instants of virtual time with what happens then: a binary heap. Of equal instants the one added first comes first. */
export class TimerQueue<Item> {
  readonly #heap: Entry<Item>[] = [];
  #added = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(at: number, item: Item): void {
    const entry = { at, order: this.#added, item };
    this.#added += 1;
    this.#heap.push(entry);
    let child = this.#heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      this.#heap[child] = above;
      child = parent;
    }
    this.#heap[child] = entry;
  }

  /** Removes and returns the earliest; null when there is none. */
  take(): { readonly at: number; readonly item: Item } | null {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return null;
    if (this.#heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry<Item>): void {
    let parent = 0;
    for (;;) {
      const child = this.#earlierChild(parent);
      const below = this.#heap[child];
      if (below === undefined || !isBefore(below, entry)) break;
      this.#heap[parent] = below;
      parent = child;
    }
    this.#heap[parent] = entry;
  }

  #earlierChild(parent: number): number {
    const [left, right] = [this.#heap[2 * parent + 1], this.#heap[2 * parent + 2]];
    return left !== undefined && right !== undefined && isBefore(right, left)
      ? 2 * parent + 2
      : 2 * parent + 1;
  }
}

interface Entry<Item> {
  readonly at: number;
  readonly order: number;
  readonly item: Item;
}

function isBefore<Item>(one: Entry<Item>, other: Entry<Item>): boolean {
  return one.at === other.at ? one.order < other.order : one.at < other.at;
}
