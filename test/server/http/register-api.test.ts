import assert from "node:assert/strict";
import fastify from "fastify";
import { describe, it } from "mocha";
import { openApiDocument } from "@headwater/api";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { EventStreams } from "#server/http/event-stream.js";
import type { RouteDependencies } from "#server/http/http-dependencies.js";
import { registerApi } from "#server/http/register-api.js";

describe("registerApi()", () => {
  it("registers the routes of the OpenAPI document, all of them and no others", async () => {
    const registered: string[] = [];
    const app = fastify();
    app.addHook("onRoute", ({ method, url }) => {
      // Fastify adds a HEAD to a GET that is registered without saying otherwise; it is no route of its own.
      if (method !== "HEAD") registered.push(`${String(method)} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
    });
    const feed = createChangeFeed({ boot: "boot", remembered: 1 });
    // Registering asks nothing of the rooms below.
    registerApi(app, {} as RouteDependencies, new EventStreams(feed, systemClock));
    await app.ready();
    const paths = openApiDocument()["paths"] as Readonly<Record<string, object>>;
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(registered.sort(), documented.sort());
  });
});
