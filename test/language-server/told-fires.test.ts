import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ToldFires } from "#language-server/told-fires.js";
import { until } from "#test/until.js";
import { ProtocolEditor } from "./protocol-editor.js";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

describe("the fires that a client was told of", () => {
  /** A wall clock that a test sets, and timers that may be late. */
  function setup() {
    let nowMs = 0;
    let outdated = 0;
    const timers = new Map<() => void, number>();
    const timer = {
      now: () => nowMs,
      nowMs: () => nowMs,
      after(delayMs: number, call: () => void) {
        const fire = (): void => call();
        timers.set(fire, delayMs);
        return () => timers.delete(fire);
      },
    };
    const fires = new ToldFires(timer, () => (outdated += 1));
    return {
      fires,
      outdated: () => outdated,
      delays: () => [...timers.values()],
      /** The clock is set, and all timers run out. */
      pass(ms: number) {
        nowMs += ms;
        const due = [...timers.keys()];
        timers.clear();
        for (const fire of due) fire();
      },
    };
  }

  it("are asked for again when the first of them is past, once, and not before", () => {
    const { fires, outdated, pass, delays } = setup();
    for (const atMs of [3 * MINUTE_MS, null, 2.5 * MINUTE_MS, 4 * MINUTE_MS]) fires.told(atMs);
    pass(MINUTE_MS);
    pass(MINUTE_MS);
    assert.deepEqual([outdated(), delays()], [0, [MINUTE_MS / 2]]);
    pass(MINUTE_MS / 2);
    assert.deepEqual([outdated(), delays()], [1, []]);
    fires.told(3 * MINUTE_MS);
    pass(MINUTE_MS / 2);
    assert.equal(outdated(), 2);
  });

  it("may be a year away, and a machine may sleep over them", () => {
    const { fires, outdated, pass, delays } = setup();
    fires.told(366 * DAY_MS);
    assert.deepEqual(delays(), [MINUTE_MS]);
    pass(400 * DAY_MS);
    assert.equal(outdated(), 1);
  });
});

describe("an editor that shows when a schedule fires next", () => {
  it("is asked to ask again once that is past, of hints and of lenses", async () => {
    const text = "workflow: a\ntriggers: { schedule: every 1s }\nsteps: { b: { noop: {} } }\n";
    const refreshSupport = true;
    const editor = await ProtocolEditor.start(
      { "a.workflow.yaml": text },
      { workspace: { inlayHint: { refreshSupport }, codeLens: { refreshSupport } } },
    );
    const asked = new Set<string>();
    for (const what of ["inlayHint", "codeLens"])
      editor.connection.onRequest(`workspace/${what}/refresh`, () => {
        asked.add(what);
        return null;
      });
    await editor.open("a.workflow.yaml", text);
    const textDocument = { uri: editor.uri("a.workflow.yaml") };
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    await until("the next fire behind the schedule", async () => {
      const params = { textDocument, range };
      const hints = await editor.connection.sendRequest<readonly object[]>("textDocument/inlayHint", params);
      return hints.length > 0;
    });
    await until("both to be asked for again", () => asked.size === 2);
    assert.equal(await editor.end(), 0);
  });
});
