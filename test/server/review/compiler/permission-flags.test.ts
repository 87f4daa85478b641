import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { warnOfRights } from "#server/review/compiler/permission-flags.js";

describe("the rights of the process that compiles pull requests", () => {
  it("are told to be all of the service's where Node.js can take none from it, and only there", () => {
    const told: string[] = [];
    const log = { warn: (message: string) => void told.push(message) };
    warnOfRights(log);
    assert.deepEqual(told, []);
    warnOfRights(log, new Set(["--no-warnings"]));
    assert.match(
      told.join("\n"),
      /^Compiles pull requests, also of strangers, with all rights of the service: [^\n]*$/,
    );
  });
});
