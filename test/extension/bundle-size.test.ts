import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { before, describe, it } from "mocha";
import { bundleExtension } from "./workspace.js";

const BUNDLE = join(import.meta.dirname, "../../../extension/out");
/** As `npm run package` asks. */
const BYTES_MAX = 1_000_000;

describe("the bundle of the extension", () => {
  before(bundleExtension);

  it("is packed into less than 1 MB", () => {
    const files = readdirSync(BUNDLE, { recursive: true, encoding: "utf8" })
      .map((path) => join(BUNDLE, path))
      .filter((path) => statSync(path).isFile());
    const packed = files.map((path) => deflateRawSync(readFileSync(path)).length);
    const bytes = packed.reduce((sum, one) => sum + one, 0);
    assert.ok(bytes < BYTES_MAX, `${bytes} bytes`);
  });
});
