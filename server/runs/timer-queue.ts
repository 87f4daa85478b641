import { callAt, type Clock } from "../clock.js";

interface Entry {
  readonly key: string;
  readonly at: number;
  readonly ring: () => void;
}

const SPARE_ENTRIES = 1000;

/** Any number of timers on one timer of the process: a heap by due time, entries that were cleared dropped when they surface. */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #heap: Entry[] = [];
  readonly #live = new Map<string, Entry>();
  #cancel: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `ring` once when `at` (epoch ms) has come; a second `set` of the same key replaces the first. */
  set(key: string, at: number, ring: () => void): void {
    const entry = { key, at, ring };
    this.#live.set(key, entry);
    push(this.#heap, entry);
    if (this.#heap.length > 2 * this.#live.size + SPARE_ENTRIES) this.#sweep();
    if (this.#heap[0] === entry) this.#arm();
  }

  has(key: string): boolean {
    return this.#live.has(key);
  }

  clear(key: string): void {
    this.#live.delete(key);
  }

  /** Throws out what was cleared or set anew and is not due for long: a run that ended leaves nothing for its 30 days. */
  #sweep(): void {
    const live = this.#heap.filter((entry) => this.#live.get(entry.key) === entry);
    this.#heap.length = 0;
    for (const entry of live) push(this.#heap, entry);
  }

  /** Forgets every timer. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#heap.length = 0;
    this.#live.clear();
  }

  #arm(): void {
    this.#cancel?.();
    const first = this.#heap[0];
    this.#cancel = first === undefined ? null : callAt(this.#clock, first.at, () => this.#ringDue());
  }

  #ringDue(): void {
    for (
      let first = this.#heap[0];
      first !== undefined && first.at <= this.#clock.now();
      first = this.#heap[0]
    ) {
      pop(this.#heap);
      if (this.#live.get(first.key) !== first) continue;
      this.#live.delete(first.key);
      first.ring();
    }
    this.#arm();
  }
}

function push(heap: Entry[], entry: Entry): void {
  let child = heap.push(entry) - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (dueAt(heap, parent) <= dueAt(heap, child)) return;
    swap(heap, parent, child);
    child = parent;
  }
}

function pop(heap: Entry[]): void {
  swap(heap, 0, heap.length - 1);
  heap.pop();
  let parent = 0;
  for (;;) {
    const left = 2 * parent + 1;
    const child = dueAt(heap, left + 1) < dueAt(heap, left) ? left + 1 : left;
    if (dueAt(heap, parent) <= dueAt(heap, child)) return;
    swap(heap, parent, child);
    parent = child;
  }
}

function dueAt(heap: readonly Entry[], index: number): number {
  return heap[index]?.at ?? Infinity;
}

function swap(heap: Entry[], a: number, b: number): void {
  const first = heap[a];
  const second = heap[b];
  if (first === undefined || second === undefined) return;
  heap[a] = second;
  heap[b] = first;
}
