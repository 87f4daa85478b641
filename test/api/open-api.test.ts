import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { API_ERROR_STATUS, openApiDocument } from "@headwater/api";
import { SERVICE_ERRORS } from "#server/errors.js";

describe("openApiDocument()", () => {
  it("is the same every time", () => {
    assert.equal(JSON.stringify(openApiDocument()), JSON.stringify(openApiDocument()));
  });

  it("refers only to schemas that it holds", () => {
    const text = JSON.stringify(openApiDocument());
    const { components } = openApiDocument() as unknown as { components: { schemas: object } };
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    assert.ok(referred.size > 5);
    assert.deepEqual(
      [...referred].filter((name) => !Object.keys(components.schemas).includes(name ?? "")),
      [],
    );
  });
});

describe("API_ERROR_STATUS", () => {
  it("says what the service says, but for what no request can meet", () => {
    const {
      "port-taken": _port,
      "cannot-listen": _listen,
      "cannot-run-git": _git,
      ...answered
    } = SERVICE_ERRORS;
    assert.deepEqual(
      API_ERROR_STATUS,
      Object.fromEntries(Object.entries(answered).map(([code, { status }]) => [code, status])),
    );
  });
});
