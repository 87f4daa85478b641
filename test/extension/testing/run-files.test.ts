import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runFiles, type TestFiles } from "#extension/testing/run-files.js";

const CHOSEN = new Map([
  ["file:///a", ["one", "two"]],
  ["file:///b", ["three"]],
]);

describe("a run of tests", () => {
  /** What the editor is told of it, in a row, when the language server answers so. */
  async function toldOf(
    ask: TestFiles<string>["ask"],
    stop: AbortController = new AbortController(),
  ): Promise<readonly string[]> {
    const told: string[] = [];
    const shown = {
      started: (item: string) => void told.push(`${item} started`),
      tell: (item: string, { passed }: { readonly passed: boolean }) =>
        void told.push(`${item} ${passed ? "passed" : "failed"}`),
      fail: (item: string, reason: string) => void told.push(`${item}: ${reason}`),
      end: () => void told.push("end"),
    };
    await runFiles(shown, { chosen: CHOSEN, nameOf: (item) => item, ask }, stop.signal);
    return told;
  }

  const passed = (name: string) => ({ name, passed: true, failures: [] });

  it("tells how each went, file by file, and says what has no verdict", async () =>
    assert.deepEqual(
      await toldOf(async (_uri, names) => names.filter((name) => name !== "two").map(passed)),
      [
        "one started",
        "two started",
        "one passed",
        "two: There is no test of this name in the file any more",
        "three started",
        "three passed",
        "end",
      ],
    ));

  it("ends also where the language server goes away, and goes on with what it can", async () => {
    class Gone extends Error {}
    const told = await toldOf(async (uri) => {
      if (uri === "file:///a") throw new Gone("Connection is closed");
      return null;
    });
    assert.deepEqual(told, [
      "one started",
      "two started",
      "one: Cannot be simulated: Connection is closed",
      "two: Cannot be simulated: Connection is closed",
      "three started",
      "three: The language server does not answer",
      "end",
    ]);
  });

  it("ends when somebody stops it, of which the language server is told", async () => {
    const stop = new AbortController();
    const told = await toldOf(async (_uri, _names, signal) => {
      stop.abort();
      assert.ok(signal.aborted);
      return null;
    }, stop);
    assert.deepEqual(told, ["one started", "two started", "end"]);
  });
});
