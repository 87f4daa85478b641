import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, runRequest, until, type World } from "./attempts.js";

/** What every implementation of `Workers` keeps. */
export function describeWorkers(
  name: string,
  open: (options?: { killAfterMs?: number }) => Promise<World>,
): void {
  describe(`${name} as workers`, () => {
    let world: World;
    const processIdIn = (file: string): number => {
      try {
        return Number(readFileSync(join(world.folder, file), "utf8"));
      } catch {
        return 0;
      }
    };
    afterEach(() => world.close());

    it("succeeds with the outputs of declared types", async () => {
      world = await open();
      const script =
        'echo "rows=5" >> "$HEADWATER_OUTPUT"; printf "note<<END\\na\\nb\\nEND\\n" >> "$HEADWATER_OUTPUT"';
      const outputs = { rows: { name: "int" }, note: { name: "string" } } as const;
      assert.deepEqual(await world.execute(runRequest(script, { outputs })), {
        status: "succeeded",
        outputs: { rows: 5, note: "a\nb" },
      });
    });

    it("tells that the attempt began, before it ends", async () => {
      world = await open();
      const events: string[] = [];
      const attempt = world.attempt(runRequest("true"));
      await world.workers.execute(attempt, new AbortController(), () => events.push("started"));
      events.push("ended");
      assert.deepEqual(events, ["started", "ended"]);
    });

    it("fails with the exit code and the last line of standard error", async () => {
      world = await open();
      assert.deepEqual(await world.execute(runRequest("echo no such table >&2; exit 3")), {
        status: "failed",
        class: "error",
        message: "exited with code 3: no such table",
        retryable: true,
        exitCode: 3,
      });
    });

    it("does not begin what was canceled before", async () => {
      world = await open();
      const attempt = world.attempt(runRequest(`echo $$ > ${world.folder}/pid`));
      const result = await world.workers.execute(attempt, { signal: AbortSignal.abort("canceled") }, () =>
        assert.fail("it began"),
      );
      assert.deepEqual(result, { status: "canceled" });
      assert.equal(processIdIn("pid"), 0);
    });

    it("cancels what runs", async () => {
      world = await open();
      const cancel = new AbortController();
      const attempt = world.attempt(runRequest("sleep 1000"));
      const result = await world.workers.execute(attempt, cancel, () => cancel.abort("canceled"));
      assert.deepEqual(result, { status: "canceled" });
    });

    it("times an attempt out, from its beginning", async () => {
      world = await open();
      assert.deepEqual(await world.execute(runRequest("sleep 1000", { timeoutMs: 100 })), {
        status: "failed",
        class: "timeout",
        message: "timed out after 100ms",
        retryable: true,
      });
    });

    it("kills a process that ignores SIGTERM, and its grandchildren", async () => {
      world = await open({ killAfterMs: 200 });
      const cancel = new AbortController();
      const stubborn = `trap '' TERM
        (trap '' TERM; sh -c 'echo $$ > ${world.folder}/grandchild; while :; do sleep 0.05; done') &
        echo $$ > ${world.folder}/child; while :; do sleep 0.05; done`;
      const attempt = world.attempt(runRequest(stubborn));
      const executing = world.workers.execute(attempt, cancel, () => undefined);
      await until(() => processIdIn("child") > 0 && processIdIn("grandchild") > 0);
      cancel.abort("canceled");
      assert.deepEqual(await executing, { status: "canceled" });
      assert.deepEqual(
        [isRunning(processIdIn("child")), isRunning(processIdIn("grandchild"))],
        [false, false],
      );
      assert.match(
        readFileSync(attempt.logFile, "utf8"),
        / sys did not end within 0\.2 s of SIGTERM: killed\n/,
      );
    });

    it("lets nothing outlive an attempt that succeeded", async () => {
      world = await open();
      const script = `(sh -c 'echo $$ > ${world.folder}/left; exec sleep 1000' &) ; while [ ! -s ${world.folder}/left ]; do sleep 0.01; done`;
      assert.equal((await world.execute(runRequest(script))).status, "succeeded");
      assert.equal(isRunning(processIdIn("left")), false);
    });

    if (process.platform === "linux") {
      it("ends also what made a group of its own, as `timeout` and shells with job control do", async () => {
        world = await open();
        const cancel = new AbortController();
        const attempt = world.attempt(
          runRequest(`timeout 1000 sh -c 'echo $$ > ${world.folder}/timed; exec sleep 1000'`),
        );
        const executing = world.workers.execute(attempt, cancel, () => undefined);
        await until(() => processIdIn("timed") > 0);
        cancel.abort("canceled");
        assert.deepEqual(await executing, { status: "canceled" });
        assert.equal(isRunning(processIdIn("timed")), false);
      });

      it("ends soon what an attempt that succeeded has left in a group of its own", async () => {
        world = await open();
        const left = `sh -c 'echo $$ > ${world.folder}/left; exec sleep 1000'`;
        const script = `timeout 1000 ${left} > /dev/null 2>&1 & while [ ! -s ${world.folder}/left ]; do sleep 0.01; done`;
        assert.equal((await world.execute(runRequest(script))).status, "succeeded");
        await until(() => !isRunning(processIdIn("left")));
      });
    }

    it("cancels what still runs when it stops, and stops twice", async () => {
      world = await open();
      const attempt = world.attempt(runRequest(`echo $$ > ${world.folder}/child; sleep 1000`));
      const executing = world.workers.execute(attempt, new AbortController(), () => undefined);
      await until(() => processIdIn("child") > 0);
      await world.workers.stop();
      await world.workers.stop();
      assert.deepEqual(await executing, { status: "canceled" });
      assert.equal(isRunning(processIdIn("child")), false);
    });

    it("answers what cannot be done as a failure of the platform", async () => {
      world = await open();
      const attempt = world.attempt(runRequest("true"));
      const broken = { ...attempt, tree: async () => Promise.reject(new TypeError("the mirror is gone")) };
      assert.deepEqual(await world.workers.execute(broken, new AbortController(), () => undefined), {
        status: "failed",
        class: "platform",
        message: "Cannot execute the attempt: the mirror is gone",
        retryable: true,
      });
    });
  });
}
