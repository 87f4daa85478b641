import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { crossOriginHeaders, isOriginPattern } from "#server/http/allowed-origins.js";
import { post, withWorld } from "./http-world.js";

const token = "a-long-secret";
const origin = "http://editor.localhost:8000";
const allowedOrigins = [origin, "https://*.editor.example"];
const headers = { origin, authorization: `Bearer ${token}` };

describe("a page of an origin that is allowed", () => {
  it(
    "may read what it asks for with the token, refusals and live changes included",
    withWorld(
      async (world) => {
        const answers = [
          await world.ask("/api/v1/runs", { headers }),
          await world.ask("/api/v1/runs", { headers: { origin } }),
          await world.ask("/api/v1/runs/none", { headers }),
        ];
        assert.deepEqual(
          answers.map((answer) => [answer.status, answer.headers.get("access-control-allow-origin")]),
          [
            [200, origin],
            [401, origin],
            [404, origin],
          ],
        );
        const stop = new AbortController();
        const stream = await fetch(`${world.url}/api/v1/events`, { headers, signal: stop.signal });
        assert.equal(stream.headers.get("access-control-allow-origin"), origin);
        stop.abort();
      },
      { token, allowedOrigins },
    ),
  );

  it(
    "is told beforehand what it may send, and never that cookies count",
    withWorld(
      async (world) => {
        const asked = { origin, "access-control-request-method": "POST" };
        const answer = await fetch(`${world.url}/api/v1/signals`, { method: "OPTIONS", headers: asked });
        assert.equal(answer.status, 204);
        assert.equal(answer.headers.get("access-control-allow-origin"), origin);
        assert.match(
          answer.headers.get("access-control-allow-headers") ?? "",
          /authorization.*last-event-id/,
        );
        assert.equal(answer.headers.get("access-control-allow-credentials"), null);
      },
      { token, allowedOrigins },
    ),
  );

  it(
    "cannot change anything with the session of our own page",
    withWorld(
      async (world) => {
        const session = await world.ask("/api/v1/session", post({ token }));
        const cookie = (session.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
        const request = post({ signal: "a.signal", params: {} });
        const answer = await world.ask("/api/v1/signals", {
          ...request,
          headers: { "content-type": "application/json", cookie, origin, "sec-fetch-site": "cross-site" },
        });
        assert.equal(answer.status, 403);
      },
      { token, allowedOrigins },
    ),
  );

  it(
    "is not one of another port, scheme or name",
    withWorld(
      async (world) => {
        for (const other of ["http://editor.localhost:8001", "https://editor.localhost:8000", "null"]) {
          const answer = await world.ask("/api/v1/runs", { headers: { ...headers, origin: other } });
          assert.equal(answer.headers.get("access-control-allow-origin"), null, other);
        }
      },
      { token, allowedOrigins },
    ),
  );
});

describe("crossOriginHeaders()", () => {
  it("takes a star for any host below a domain, and for nothing else", () => {
    const isGranted = (asking: string): boolean =>
      crossOriginHeaders(["https://*.editor.example"], {
        method: "GET",
        origin: asking,
        wantedMethod: undefined,
      }) !== null;
    const granted = ["https://a.editor.example", "https://a.b.editor.example"];
    const refused = [
      "https://editor.example",
      "http://a.editor.example",
      "https://a.editor.example:444",
      "https://evil.example/.editor.example",
      "https://evileditor.example",
    ];
    assert.deepEqual(granted.map(isGranted), [true, true]);
    assert.deepEqual(refused.map(isGranted), [false, false, false, false, false]);
  });
});

describe("isOriginPattern()", () => {
  it("takes origins, without a path, and one star at the front", () => {
    const good = ["https://editor.example", "http://localhost:8000", "https://*.editor.example"];
    const bad = [
      "*",
      "editor.example",
      "https://editor.example/",
      "https://a.*.example",
      "https://*",
      "file://x",
    ];
    assert.deepEqual(good.filter(isOriginPattern), good);
    assert.deepEqual(bad.filter(isOriginPattern), []);
  });
});
