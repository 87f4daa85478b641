import { it } from "mocha";
import { ManualClock } from "../manual-clock.js";
import type { StoreFactory, StoreUnderTest } from "./store-conformance.js";

export type StoreTest = (title: string, body: (world: StoreUnderTest) => Promise<void>) => void;

/** A test with a store of its own, which goes away whatever happens. */
export function testWith(create: StoreFactory): StoreTest {
  return (title, body) => {
    it(title, async () => {
      const world = await create(new ManualClock(10_000));
      try {
        await body(world);
      } finally {
        await world.dispose();
      }
    });
  };
}
