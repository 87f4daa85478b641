import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CODES } from "@headwater/workflow";
import { capturedMain } from "../captured-main.js";

const HERE = { cwd: import.meta.dirname, env: {} };

describe("headwater explain", () => {
  it("tells what a code means and what to do, without addresses of links", async () => {
    const { code, stdout } = await capturedMain(["explain", "alert-without-receiver"], HERE);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^alert-without-receiver: An alert tells nobody\n\n.*Give it one or more of `slack`/,
    );
    assert.match(stdout, /See alerts\.\n$/);
  });

  it("tells of the errors of the service too, which have no title", async () => {
    const { code, stdout } = await capturedMain(["explain", "journal-conflict"], HERE);
    assert.equal(code, 0);
    assert.match(stdout, /^journal-conflict\n\nSomeone else has advanced the run/);
  });

  it("names the nearest code where there is none of the name", async () => {
    const { code, stderr } = await capturedMain(["explain", "step-not-neded"], HERE);
    assert.equal(code, 2);
    assert.match(stderr, /there is no such code\. Did you mean "step-not-needed"\?/);
  });

  it("lists every code", async () => {
    const { stdout } = await capturedMain(["explain", "--format", "json"], HERE);
    const listed = (JSON.parse(stdout) as { code: string; text: string }[]).map((one) => one.code);
    assert.deepEqual(
      Object.keys(CODES).filter((code) => !listed.includes(code)),
      [],
    );
    assert.ok(listed.includes("journal-conflict"));
    assert.match((await capturedMain(["explain"], HERE)).stdout, /^file-not-utf8 +The file is not UTF-8$/m);
  });
});
