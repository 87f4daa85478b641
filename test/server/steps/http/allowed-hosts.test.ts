import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { allowedHosts, isHostEntry } from "#server/steps/http/allowed-hosts.js";
import { httpRequest, openWorld } from "../../workers/attempts.js";

describe("allowedHosts()", () => {
  const hosts = allowedHosts([
    "api.example.com",
    "*.corp.example",
    "10.0.0.0/8",
    "127.0.0.1",
    "fd12::/16",
    "localhost",
  ]);
  for (const [host, isAllowed] of [
    ["api.example.com", true],
    ["API.example.com.", true],
    ["xapi.example.com", false],
    ["api.example.com.evil.example", false],
    ["a.b.corp.example", true],
    ["corp.example", false],
    ["evilcorp.example", false],
    ["10.20.30.40", true],
    ["11.0.0.1", false],
    ["127.0.0.1", true],
    ["127.0.0.2", false],
    ["fd12:34::5", true],
    ["fd13::1", false],
    ["localhost", true],
  ] as const) {
    it(`${isAllowed ? "lets steps call" : "refuses"} ${host}`, () => {
      assert.equal(hosts.allows(host), isAllowed);
    });
  }

  it("lets steps call every host where nobody has said which", () => {
    assert.ok(allowedHosts([]).allows("anything.example"));
  });
});

describe("isHostEntry()", () => {
  for (const entry of ["a.example", "*.a.example", "localhost", "10.0.0.0/8", "::1", "fd00::/8", "my_host-1"])
    it(`takes ${entry}`, () => assert.ok(isHostEntry(entry)));
  for (const entry of [
    "https://a.example",
    "a.example:443",
    "a.example/x",
    "*",
    "a.*.b",
    "10.0.0.0/33",
    "10.0.0",
    "a b",
    "",
  ])
    it(`refuses ${JSON.stringify(entry)}`, () => assert.ok(!isHostEntry(entry)));
});

describe("an http step of a service that names the hosts that may be called", () => {
  it("calls no other, and says who decides that", async () => {
    const world = await openWorld({ httpHosts: ["api.example.com"] });
    const result = await world.execute(httpRequest("http://127.0.0.1:9/job"));
    await world.close();
    assert.ok(result.status === "failed" && !result.retryable);
    assert.match(result.message, /may not call "127\.0\.0\.1": HEADWATER_HTTP_HOSTS does not name it$/);
  });
});
