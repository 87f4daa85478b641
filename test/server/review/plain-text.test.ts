import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { codeSpan } from "#server/review/plain-text.js";

describe("codeSpan", () => {
  it("holds whatever somebody wrote, on one line and within its two marks", () => {
    assert.equal(codeSpan("a ``b``\n@all"), "`a ''b'' @all`");
    assert.equal(codeSpan(" \n"), "*empty*");
  });

  it("shows what is not seen, and what turns text round", () => {
    assert.equal(codeSpan("a\u202Eb\u200Bc"), "`a<U+202E>b<U+200B>c`");
  });

  it("is as long as anybody reads, and never half a character", () => {
    assert.equal(codeSpan("x".repeat(200)), `\`${"x".repeat(200)}\``);
    assert.equal(codeSpan("😀".repeat(1e5)), `\`${"😀".repeat(199)}…\``);
  });
});
