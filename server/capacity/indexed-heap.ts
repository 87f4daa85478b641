/** A binary heap that knows where its items are, so that any of them can be moved or removed in O(log n). */
export class IndexedHeap<Item> {
  readonly #isBefore: (one: Item, other: Item) => boolean;
  readonly #items: Item[] = [];
  readonly #places = new Map<Item, number>();

  constructor(isBefore: (one: Item, other: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  get first(): Item | null {
    return this.#items[0] ?? null;
  }

  /** In no order. */
  items(): readonly Item[] {
    return this.#items;
  }

  has(item: Item): boolean {
    return this.#places.has(item);
  }

  /** Adds the item, or moves it to where it now belongs. */
  set(item: Item): void {
    const place = this.#places.get(item) ?? this.#items.length;
    this.#put(item, place);
    this.#sink(this.#rise(place));
  }

  remove(item: Item): void {
    const place = this.#places.get(item);
    if (place === undefined) return;
    this.#places.delete(item);
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#put(last, place);
    this.#sink(this.#rise(place));
  }

  #rise(from: number): number {
    let place = from;
    while (place > 0 && this.#swapIfBefore(place, (place - 1) >> 1)) place = (place - 1) >> 1;
    return place;
  }

  #sink(from: number): void {
    for (let place = from; ;) {
      const child = this.#smallerChild(place);
      if (child >= this.#items.length || !this.#swapIfBefore(child, place)) return;
      place = child;
    }
  }

  #smallerChild(place: number): number {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    const one = this.#items[left];
    const other = this.#items[right];
    return one !== undefined && other !== undefined && this.#isBefore(other, one) ? right : left;
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const below = this.#items[lower];
    const above = this.#items[upper];
    if (below === undefined || above === undefined || !this.#isBefore(below, above)) return false;
    this.#put(below, upper);
    this.#put(above, lower);
    return true;
  }

  #put(item: Item, place: number): void {
    this.#items[place] = item;
    this.#places.set(item, place);
  }
}
