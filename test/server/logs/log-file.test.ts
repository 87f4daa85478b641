import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogFile } from "#server/logs/log-file.js";

describe("LogFile on a full disk", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "headwater-log-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("goes on when there is room again, with a line that says how much is missing", () => {
    const { log, disk, clock, text } = setup();
    log.append("out first\n");
    disk.freeBytes = 0;
    log.append("out lost\n");
    log.append("out lost too\n");
    disk.freeBytes = 1000;
    clock.now = 1000;
    log.append("out last\n");
    log.close();
    assert.equal(text(), "out first\nsys lost 22 bytes of the log here: the disk was full\nout last\n");
  });

  it("tries at most once a second, and at its end", () => {
    const { log, disk, clock, text } = setup();
    disk.freeBytes = 0;
    for (clock.now = 0; clock.now < 3500; clock.now += 1) log.append("x\n");
    assert.equal(disk.refused, 4);
    disk.freeBytes = 1000;
    log.close();
    assert.equal(text(), "sys lost 7000 bytes of the log here: the disk was full\n");
  });

  it("ends the half of a line that still had room, and counts the rest as lost", () => {
    const { log, disk, clock, text } = setup();
    disk.freeBytes = 8;
    log.append("out half a line\n");
    disk.freeBytes = 1000;
    clock.now = 1000;
    log.append("out last\n");
    log.close();
    assert.equal(text(), "out half\nsys lost 8 bytes of the log here: the disk was full\nout last\n");
  });

  it("says it anew when there was room for half of the notice only", () => {
    const { log, disk, clock, text } = setup();
    disk.freeBytes = 0;
    log.append("1234\n");
    disk.freeBytes = 30;
    clock.now = 1000;
    log.append("56\n");
    disk.freeBytes = 1000;
    clock.now = 2000;
    log.append("out last\n");
    assert.equal(text(), "sys l\nsys lost 8 bytes of the log here: the disk was full\nout last\n");
  });

  it("writes on where one write takes a part", () => {
    const { log, disk, text } = setup();
    disk.bytesAtOnce = 3;
    log.append("out first\nout second\n");
    log.close();
    assert.equal(text(), "out first\nout second\n");
  });

  it("does not throw where the folder cannot be made, and where the kernel says that the disk is full", () => {
    const log = new LogFile({ path: "/dev/null/run/1.log", now: () => 0 });
    log.append("out lost\n");
    log.close();
    if (!existsSync("/dev/full")) return;
    const path = join(folder, "full.log");
    symlinkSync("/dev/full", path);
    const full = new LogFile({ path, now: () => 0 });
    full.append("out lost\n");
    full.close();
  });

  /** A disk on which only so many bytes have room, as a kernel shows it: the last write that has any takes a part. */
  function setup(): {
    readonly log: LogFile;
    readonly disk: { freeBytes: number; bytesAtOnce: number; refused: number };
    readonly clock: { now: number };
    readonly text: () => string;
  } {
    const path = join(folder, "run", "1.log");
    const clock = { now: 0 };
    const disk = { freeBytes: 1000, bytesAtOnce: 1000, refused: 0 };
    const write = (fileDescriptor: number, bytes: Uint8Array): number => {
      const size = Math.min(bytes.length, disk.freeBytes, disk.bytesAtOnce);
      if (size === 0) {
        disk.refused += 1;
        throw Object.assign(new RangeError("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      }
      disk.freeBytes -= size;
      return writeSync(fileDescriptor, bytes.subarray(0, size));
    };
    const log = new LogFile({ path, now: () => clock.now, write });
    return { log, disk, clock, text: () => readFileSync(path, "utf8").replaceAll(/1970-\S+ /g, "") };
  }
});
