import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createExpressionChecker } from "#workflow/expressions/check-expression.js";
import { createExpressionLibrary } from "#workflow/expressions/expression-library.js";
import type { TypeScope } from "#workflow/expressions/type-scope.js";

/** A scope of its own each time, as each key in a file makes one. */
function scopeWith(type: "int" | "string"): TypeScope {
  return { params: { name: "record", fields: { limit: { name: type } } } };
}

/** What says how often an expression was read, and checks one as a file does that has no other. */
function countReads(): { check: (source: string, type?: "int" | "string") => string; reads: () => number } {
  const library = createExpressionLibrary();
  let reads = 0;
  const counting = {
    ...library,
    functions: () => {
      reads += 1;
      return library.functions();
    },
  };
  return {
    check: (source, type = "int") =>
      createExpressionChecker(scopeWith(type), counting).check(source).type.name,
    reads: () => reads,
  };
}

describe("what checkers with one library share", () => {
  it("is what was found last of the same expression among the same names", () => {
    const { check, reads } = countReads();
    assert.equal(check("params.limit + 1"), "int");
    assert.equal(check("params.limit + 1"), "int");
    assert.equal(reads(), 1);
  });

  it("is not what was found among other names", () => {
    const { check } = countReads();
    assert.equal(check("params.limit", "int"), "int");
    assert.equal(check("params.limit", "string"), "string");
    assert.equal(check("params.limit", "int"), "int");
  });

  it("is forgotten once a file has it no more", () => {
    const { check, reads } = countReads();
    for (const source of ["params.limit", "params.limit + 1", "params.limit"]) check(source);
    assert.equal(reads(), 3);
  });
});
