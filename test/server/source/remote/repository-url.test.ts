import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseRepositoryUrl, repositoryKey, repositoryName } from "#server/source/remote/repository-url.js";

describe("parseRepositoryUrl()", () => {
  const accepted = [
    "https://github.com/growth/flows.git",
    "https://git.example.com:8443/growth/flows",
    "ssh://git@git.example.com:2222/growth/flows.git",
    "git@github.com:growth/flows.git",
    "file:///srv/git/flows.git",
    "/srv/git/with a space/flows",
    "http://127.0.0.1:3000/flows",
    "http://localhost/flows",
    "http://[::1]:3000/flows",
  ];
  for (const url of accepted) it(`accepts ${url}`, () => assert.equal(parseRepositoryUrl(` ${url} `), url));

  const refused: readonly (readonly [url: string, reason: RegExp])[] = [
    ["", /empty/],
    ["--upload-pack=touch x", /begins with "-"/],
    ["-uhttps://example.com", /begins with "-"/],
    ["ext::sh -c id", /control characters/],
    ["ext::id", /remote helper/],
    ["https::https://example.com/x", /remote helper/],
    ["./flows", /neither/],
    ["flows", /neither/],
    ["-host:path", /begins with "-"/],
    ["user@-oProxyCommand=id:path", /neither/],
    ["ssh://-oProxyCommand=id/x", /not allowed|cannot be understood/],
    ["ssh://git:secret@example.com/x", /credential/],
    ["https://token@github.com/growth/flows", /credential/],
    ["http://example.com/flows", /not allowed/],
    ["git://example.com/flows", /not allowed/],
    ["ftp://example.com/flows", /not allowed/],
    ["file://host/flows", /not allowed/],
    ["https://example.com/flows?private_token=secret", /query/],
    ["https://example.com/a\nb", /control characters/],
    [`https://example.com/${"a".repeat(2000)}`, /too long/],
  ];
  for (const [url, reason] of refused) {
    it(`refuses ${JSON.stringify(url.slice(0, 60))}`, () => {
      assert.throws(() => parseRepositoryUrl(url), { code: "bad-request", message: reason });
      assert.throws(
        () => parseRepositoryUrl(url),
        (error: Error) => !error.message.includes("secret"),
      );
    });
  }
});

describe("repositoryKey()", () => {
  const families: readonly (readonly string[])[] = [
    [
      "https://github.com/Growth/flows",
      "https://github.com/growth/flows.git/",
      "https://github.com:443/growth/flows",
      "git@github.com:growth/flows.git",
      "ssh://git@github.com/growth/flows",
    ],
    ["/srv/flows", "file:///srv/flows", "/srv/flows/.git", "/srv/flows.git/"],
    ["https://github.com/growth/other"],
    ["https://gitlab.com/growth/flows"],
  ];
  it("is equal for the forms of one repository and differs for others", () => {
    const keys = families.map((family) => [...new Set(family.map(repositoryKey))]);
    assert.deepEqual(
      keys.map(({ length }) => length),
      [1, 1, 1, 1],
    );
    assert.equal(new Set(keys.flat()).size, families.length);
  });
});

describe("repositoryName()", () => {
  it("is the last part of the URL as people would type it", () => {
    assert.equal(repositoryName("git@github.com:Growth/Data Flows.git"), "data-flows");
    assert.equal(repositoryName("flows.git"), "flows");
    assert.equal(repositoryName("/"), "repository");
  });
});
