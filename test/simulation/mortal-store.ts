import type { Store } from "#server/store/store.js";
import { delayOf, never, passed, type Fate, type Life } from "./life.js";
import type { VirtualTime } from "./virtual-time.js";

/** A call of the store that has become true, whether or not anybody lives to hear it. */
export interface StoredCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly value: unknown;
}

export interface MortalStoreOptions {
  readonly store: Store;
  readonly life: Life;
  readonly fate: Fate;
  readonly time: VirtualTime;
  readonly onStored: (call: StoredCall) => void;
}

/** So many commits are written, and tried again all the same. */
const DOUBTFUL = 0.02;

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * The store as one life of the service sees it: a call takes its time, may be lost with the process before it is written,
 * or be written without anybody hearing so, or be written twice because its commit looked as if it had failed. Calls are handed over, and answered, in the order in which they were made.
 */
export function mortalStore(options: MortalStoreOptions): Store {
  const { store, time, onStored } = options;
  let handed: Promise<unknown> = Promise.resolve();
  let answered: Promise<unknown> = Promise.resolve();
  return new Proxy(store, {
    get(_, name) {
      if (name === "health") return () => store.health();
      const call = (Reflect.get(store, name) as Call).bind(store);
      return (...args: readonly unknown[]) => {
        handed = handed.then(() => takeTime(options));
        const result = handed.then(() => time.during(attempt(() => call(...args), String(name), options)));
        // The database is a thread of its own: when it answers must not decide what happens first.
        const told = result.then(
          async (value) => {
            await passed(time, 0);
            onStored({ name: String(name), args, value });
          },
          () => passed(time, 0),
        );
        answered = Promise.all([told, answered]).then(() => takeTime(options));
        return answered.then(() => result);
      };
    },
  });
}

/** Some commits look as if they had failed, and have not: the store tries them again, and its caller hears nothing of it. */
async function attempt(
  call: () => Promise<unknown>,
  name: string,
  { fate }: MortalStoreOptions,
): Promise<unknown> {
  if (name === "advanceRun" && fate.random() < DOUBTFUL) await call();
  return call();
}

async function takeTime({ life, fate, time }: MortalStoreOptions): Promise<void> {
  life.point();
  await passed(time, delayOf(fate));
  if (!life.isAlive) await never();
}
