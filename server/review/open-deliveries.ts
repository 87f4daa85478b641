import type { DeliveryRow, Reviews } from "../store/reviews.js";

export interface OpenDeliveriesOptions {
  readonly store: Pick<Reviews, "recordDelivery" | "listOpenDeliveries" | "closeDeliveries">;
  readonly hostName: string;
  /** Puts it where it is worked on; `close` is called after that. */
  readonly take: (delivery: DeliveryRow) => void;
  /** How many that earlier lives have left are read at once; the rest when half of those are done. Default 10,000. */
  readonly readMax?: number;
}

const READ_MAX = 10_000;

/** What a host has told and nobody is done with: what comes, and what earlier lives have left, which may be more than memory should hold. */
export class OpenDeliveries {
  readonly #options: OpenDeliveriesOptions;
  /** Ids of those that were taken and are not closed. */
  readonly #taken = new Set<string>();
  /** Whether earlier lives may have left more than was read. */
  #hasMore = true;

  constructor(options: OpenDeliveriesOptions) {
    this.#options = options;
  }

  /** Keeps it and takes it, unless it was told before. */
  async record(delivery: DeliveryRow): Promise<void> {
    if (await this.#options.store.recordDelivery(delivery)) this.#take(delivery);
  }

  /** Takes the oldest of those that earlier lives have left, when there is room for them. To be called at the start and now and then. */
  async readOn(): Promise<void> {
    const { store, hostName, readMax = READ_MAX } = this.#options;
    if (!this.#hasMore || this.#taken.size > readMax / 2) return;
    // One of them that is closed while they are read was open when they were.
    const before = new Set(this.#taken);
    const open = await store.listOpenDeliveries(hostName, readMax);
    this.#hasMore = open.length === readMax;
    for (const delivery of open)
      if (!before.has(delivery.id) && !this.#taken.has(delivery.id)) this.#take(delivery);
  }

  async close(ids: readonly string[]): Promise<void> {
    await this.#options.store.closeDeliveries(ids);
    for (const id of ids) this.#taken.delete(id);
  }

  #take(delivery: DeliveryRow): void {
    this.#taken.add(delivery.id);
    this.#options.take(delivery);
  }
}
