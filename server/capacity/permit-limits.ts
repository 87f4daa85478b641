import type { PermitRow } from "../store/permit-row.js";
import type { Store } from "../store/store.js";
import { UNSET_PERMIT_LIMIT, type Capacity, type PermitUse } from "./capacity.js";

export interface PermitLimitsOptions {
  readonly store: Pick<Store, "savePermit" | "removePermit" | "listPermits">;
  readonly capacity: Pick<Capacity, "limitPermit" | "permits">;
  readonly clock: { now(): number };
  /** The limits of those that nobody has set while the service ran. */
  readonly configured: Readonly<Record<string, number>>;
}

/** A permit, and who says what its limit is. */
export interface LimitedPermit extends Omit<PermitUse, "isSet"> {
  /** `set` by somebody, `configured` with the service, or neither. */
  readonly source: "set" | "configured" | "default";
  /** Of one that was set: by whom and when. */
  readonly setBy: string | null;
  readonly setAt: number | null;
}

/** The limits of permits: durable, and in force as soon as they are. What somebody has set wins over the configuration. */
export class PermitLimits {
  readonly #options: PermitLimitsOptions;
  readonly #set = new Map<string, PermitRow>();

  constructor(options: PermitLimitsOptions) {
    this.#options = options;
  }

  /** Before the first attempt asks for any. */
  async start(): Promise<void> {
    const { store, capacity, configured } = this.#options;
    for (const [name, limit] of Object.entries(configured)) capacity.limitPermit(name, limit);
    for (const row of await store.listPermits()) this.#apply(row.name, row);
  }

  async stop(): Promise<void> {}

  /** Those that have a limit, are held or are waited for, by name. */
  list(): readonly LimitedPermit[] {
    return this.#options.capacity.permits().map((use) => this.#describe(use));
  }

  async set(
    name: string,
    { limit, by }: { readonly limit: number; readonly by: string },
  ): Promise<LimitedPermit> {
    const row = { name, limit, setBy: by, setAt: this.#options.clock.now() };
    await this.#options.store.savePermit(row);
    this.#apply(name, row);
    return this.#find(name);
  }

  /** From now on the configuration says what the limit is, or nobody does. */
  async unset(name: string): Promise<LimitedPermit> {
    await this.#options.store.removePermit(name);
    this.#apply(name, null);
    return this.#find(name);
  }

  #apply(name: string, row: PermitRow | null): void {
    const { capacity, configured } = this.#options;
    if (row === null) this.#set.delete(name);
    else this.#set.set(name, row);
    capacity.limitPermit(name, row?.limit ?? configured[name] ?? null);
  }

  #find(name: string): LimitedPermit {
    const unused = { name, limit: UNSET_PERMIT_LIMIT, isSet: false, held: 0, waiting: 0 };
    return this.#describe(this.#options.capacity.permits().find((use) => use.name === name) ?? unused);
  }

  #describe({ isSet, ...use }: PermitUse): LimitedPermit {
    const row = this.#set.get(use.name);
    const source = row !== undefined ? "set" : isSet ? "configured" : "default";
    return { ...use, source, setBy: row?.setBy ?? null, setAt: row?.setAt ?? null };
  }
}
