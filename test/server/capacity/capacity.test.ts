import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Priority } from "@headwater/workflow";
import { Capacity } from "#server/capacity/capacity.js";

describe("Capacity", () => {
  it("lets at most as many hold a slot as there are", () => {
    const { request, began, capacity } = setup(2);
    for (const key of ["a", "b", "c", "d"]) request(key);
    assert.deepEqual(began, ["a", "b"]);
    capacity.release("a");
    assert.deepEqual(began, ["a", "b", "c"]);
  });

  it("prefers the higher priority, then the one who came first", () => {
    const { request, began, capacity } = setup(1);
    request("running");
    request("low", "low");
    request("normal 1");
    request("normal 2");
    request("critical", "critical");
    for (const key of ["running", "critical", "normal 1", "normal 2"]) capacity.release(key);
    assert.deepEqual(began, ["running", "critical", "normal 1", "normal 2", "low"]);
  });

  it("says why somebody waits, and nothing about others", () => {
    const { request, capacity } = setup(1);
    request("running");
    request("first", "high");
    request("second");
    assert.equal(capacity.reason("second"), "waits for a worker: 1 of 1 busy, 1 ahead");
    assert.equal(capacity.reason("first"), "waits for a worker: 1 of 1 busy, 0 ahead");
    assert.equal(capacity.reason("running"), null);
    assert.equal(capacity.reason("unknown"), null);
  });

  it("forgets who leaves the queue, and gives nothing back twice", () => {
    const { request, began, capacity } = setup(1);
    for (const key of ["a", "b", "c"]) request(key);
    capacity.release("b");
    capacity.release("a");
    capacity.release("a");
    assert.deepEqual(began, ["a", "c"]);
  });
});

function setup(slots: number): {
  readonly capacity: Capacity;
  readonly began: string[];
  readonly request: (key: string, priority?: Priority) => void;
} {
  const capacity = new Capacity(slots);
  const began: string[] = [];
  return {
    capacity,
    began,
    request: (key, priority = "normal") => capacity.request({ key, priority, begin: () => began.push(key) }),
  };
}
