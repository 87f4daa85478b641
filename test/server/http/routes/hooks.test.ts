import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Json } from "@headwater/workflow";
import { cloneUrls } from "#server/http/routes/hooks.js";

/** As the hosts document their push events, of which only this part is read. */
const PAYLOADS: readonly (readonly [host: string, payload: Json, urls: readonly string[]])[] = [
  [
    "GitHub",
    {
      ref: "refs/heads/main",
      repository: {
        clone_url: "https://github.com/acme/flows.git",
        ssh_url: "git@github.com:acme/flows.git",
        html_url: "https://github.com/acme/flows",
        name: "flows",
      },
    },
    ["https://github.com/acme/flows.git", "git@github.com:acme/flows.git", "https://github.com/acme/flows"],
  ],
  [
    "GitLab",
    {
      object_kind: "push",
      project: {
        git_http_url: "https://gitlab.example.com/acme/flows.git",
        git_ssh_url: "git@gitlab.example.com:acme/flows.git",
      },
    },
    ["https://gitlab.example.com/acme/flows.git", "git@gitlab.example.com:acme/flows.git"],
  ],
  [
    "Bitbucket",
    { push: {}, repository: { links: { html: { href: "https://bitbucket.org/acme/flows" }, avatar: {} } } },
    ["https://bitbucket.org/acme/flows"],
  ],
  [
    "a Bitbucket server of one's own",
    {
      eventKey: "repo:refs_changed",
      repository: {
        links: {
          clone: [
            { href: "ssh://git@bitbucket.example.com:7999/acme/flows.git", name: "ssh" },
            { href: "https://bitbucket.example.com/scm/acme/flows.git", name: "http" },
          ],
        },
      },
    },
    [
      "ssh://git@bitbucket.example.com:7999/acme/flows.git",
      "https://bitbucket.example.com/scm/acme/flows.git",
    ],
  ],
  ["a script", { url: "https://git.example.com/flows.git" }, ["https://git.example.com/flows.git"]],
  ["nobody we know", { repository: [], project: 5, url: { a: 1 } }, []],
];

describe("cloneUrls()", () => {
  for (const [host, payload, urls] of PAYLOADS)
    it(`finds the addresses in a push of ${host}`, () => assert.deepEqual(cloneUrls(payload), urls));
});
