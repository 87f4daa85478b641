import assert from "node:assert/strict";
import { test } from "mocha";
import { systemClock } from "#server/clock.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { inBatches } from "#server/store/sqlite/in-batches.js";
import { newSignal } from "../store-rows.js";
import { temporaryFolder } from "./sqlite-world.js";

test("inBatches() asks once for all of a turn and gives each its own answer, then begins anew", async () => {
  const batches: (readonly number[])[] = [];
  const double = inBatches(async (numbers: readonly number[]) => {
    batches.push(numbers);
    return numbers.map((number) => 2 * number);
  });
  assert.deepEqual(await Promise.all([double(1), double(2), double(3)]), [2, 4, 6]);
  const [fourth] = await Promise.all([double(4), double(5)]);
  assert.equal(fourth, 8);
  assert.deepEqual(batches, [
    [1, 2, 3],
    [4, 5],
  ]);
});

test("inBatches() tells each of a batch that failed, and not those after it", async () => {
  const check = inBatches(async (words: readonly string[]) => {
    if (words.includes("bad")) throw new TypeError("a bad word");
    return words;
  });
  const [bad, beside] = await Promise.allSettled([check("bad"), check("good")]);
  assert.deepEqual([bad.status, beside.status], ["rejected", "rejected"]);
  assert.equal(await check("good"), "good");
});

test("recordSignal() writes all signals of a turn by one call, so all or none of them", async () => {
  const folder = temporaryFolder();
  const commits: number[] = [];
  const onCommit = (calls: number): void => void commits.push(calls);
  const store = createSqliteStore({ dataFolder: folder.path, clock: systemClock, onCommit });
  await store.start();
  const recorded = await Promise.all(
    Array.from({ length: 1000 }, (_, place) => store.recordSignal(newSignal(`s${place % 999}`))),
  );
  assert.deepEqual([commits, recorded.filter(({ isNew }) => isNew).length], [[1], 999]);
  await store.stop();
  folder.remove();
});
