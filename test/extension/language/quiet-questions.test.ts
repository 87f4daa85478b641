import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { QUIET_MS, QuietQuestions } from "#extension/language/quiet-questions.js";
import { until } from "#test/until.js";
import { ToldClock } from "../told-clock.js";

const URI = "file:///a.workflow.yaml";

describe("questions about a document that is being written", () => {
  /** Somebody answers each question, by its number, when the test says so. */
  function setup() {
    const clock = new ToldClock();
    const asked: { readonly signal: AbortSignal; readonly answer: (text: string | null) => void }[] = [];
    const questions = new QuietQuestions<string>({
      clock,
      ask: (_uri, signal) => new Promise((answer) => asked.push({ signal, answer })),
    });
    return {
      clock,
      questions,
      asked,
      isAsked: (times: number) => until(`${times} questions`, () => asked.length === times),
      /** Lets come whatever would come by itself. */
      async nothingMore(times: number) {
        for (let turn = 0; turn < 5; turn += 1) await clock.wait();
        assert.equal(asked.length, times);
      },
    };
  }

  it("are one for all who ask, and none while the answer holds", async () => {
    const { questions, asked, isAsked, nothingMore } = setup();
    const answers = [questions.of(URI), questions.of(URI)];
    await isAsked(1);
    asked[0]?.answer("one");
    assert.deepEqual(await Promise.all([...answers, questions.of(URI)]), ["one", "one", "one"]);
    await nothingMore(1);
  });

  it("wait until nobody has written for a moment, however many keys there were", async () => {
    const { clock, questions, asked, isAsked, nothingMore } = setup();
    const first = questions.of(URI);
    await isAsked(1);
    asked[0]?.answer("one");
    await first;
    for (let key = 0; key < 20; key += 1) {
      questions.written(URI);
      void questions.of(URI);
      clock.pass(60);
    }
    const answer = questions.of(URI);
    clock.pass(QUIET_MS - 61);
    await nothingMore(1);
    clock.pass(1);
    await isAsked(2);
    asked[1]?.answer("two");
    assert.equal(await answer, "two");
    await nothingMore(2);
  });

  it("are asked again after one that failed", async () => {
    let fails = true;
    const ask = (): Promise<string> =>
      fails ? Promise.reject(new Error("it crashed")) : Promise.resolve("one");
    const questions = new QuietQuestions<string>({ clock: new ToldClock(), ask });
    await assert.rejects(questions.of(URI), /it crashed/);
    fails = false;
    assert.equal(await questions.of(URI), "one");
  });

  it("are dropped when somebody writes on, and asked of the new text", async () => {
    const { clock, questions, asked, isAsked } = setup();
    const answer = questions.of(URI);
    await isAsked(1);
    questions.written(URI);
    assert.equal(asked[0]?.signal.aborted, true);
    asked[0]?.answer("stale");
    clock.pass(QUIET_MS);
    await isAsked(2);
    asked[1]?.answer("fresh");
    assert.equal(await answer, "fresh");
  });

  it("are asked anew, and at once, when something else may be said without anybody writing", async () => {
    const { questions, asked, isAsked } = setup();
    const first = questions.of(URI);
    await isAsked(1);
    asked[0]?.answer(null);
    assert.equal(await first, null);
    questions.outdate(URI);
    const second = questions.of(URI);
    await isAsked(2);
    asked[1]?.answer("now known");
    assert.equal(await second, "now known");
  });

  it("end with a document that is closed", async () => {
    const { questions, asked, isAsked, nothingMore } = setup();
    const answer = questions.of(URI);
    await isAsked(1);
    questions.forget(URI);
    assert.equal(asked[0]?.signal.aborted, true);
    asked[0]?.answer("late");
    assert.equal(await answer, null);
    await nothingMore(1);
  });
});
