import assert from "node:assert/strict";
import { logFileOf } from "#server/logs/log-files.js";

describe("logFileOf()", () => {
  const fileOf = (path: string): string => logFileOf("/data", "run_1", { path, attempt: 2 });

  it("keeps paths of steps readable", () => {
    assert.equal(fileOf("load[3].copy"), "/data/logs/run_1/load[3].copy/2.log");
  });

  it("leads nowhere else, whatever the path", () => {
    assert.equal(fileOf("../../x"), "/data/logs/run_1/%2e%2e%2f..%2fx/2.log");
    assert.equal(fileOf(".."), "/data/logs/run_1/%2e%2e/2.log");
  });

  it("cuts long paths into folders, no two alike", () => {
    const long = "a".repeat(300);
    assert.ok(
      fileOf(long)
        .split("/")
        .every((name) => name.length <= 121),
    );
    assert.equal(fileOf(long).replaceAll("+/", ""), `/data/logs/run_1/${long}/2.log`);
  });
});
