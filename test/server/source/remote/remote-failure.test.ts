import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { explainRemoteFailure, lastLine } from "#server/source/remote/remote-failure.js";

describe("explainRemoteFailure()", () => {
  const said: readonly (readonly [output: string, reason: RegExp | null])[] = [
    [
      "fatal: unable to access 'https://nowhere.invalid/': Could not resolve host: nowhere.invalid",
      /name cannot be resolved/,
    ],
    [
      "fatal: unable to access 'http://127.0.0.1:9/': Failed to connect to 127.0.0.1 port 9",
      /does not accept/,
    ],
    [
      "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
      /access is denied/,
    ],
    [
      "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
      /access is denied/,
    ],
    ["Host key verification failed.\nfatal: Could not read from remote repository.", /known_hosts/],
    ["fatal: detected dubious ownership in repository at '/srv/flows'", /belongs to another user/],
    [
      "fatal: '/srv/none' does not appear to be a git repository\nfatal: Could not read from remote repository.",
      /no Git repository/,
    ],
    ["fatal: transport 'ext' not allowed", /protocol/],
    ["fatal: the remote end hung up unexpectedly", /broke the connection off/],
    ["error: cannot lock ref 'refs/headwater/head'", null],
    ["fatal: bad object refs/headwater/head", null],
  ];
  for (const [output, reason] of said) {
    it(`${reason === null ? "leaves alone" : "explains"} ${JSON.stringify(output.slice(0, 60))}`, () => {
      const words = explainRemoteFailure(output);
      if (reason === null) assert.equal(words, null);
      else assert.match(words ?? "", reason);
    });
  }
});

describe("lastLine()", () => {
  it("is short, and without the user and the password of a URL", () => {
    assert.equal(
      lastLine("warning: x\nfatal: no https://ada:secret@example.com/x\n\n"),
      "fatal: no https://example.com/x",
    );
    assert.equal(
      lastLine("remote: Counting: 20%\rremote: Counting: 40%\rfatal: cut off\r"),
      "fatal: cut off",
    );
    assert.equal(lastLine(""), "git said nothing");
    assert.equal(lastLine("a".repeat(1000)).length, 300);
  });
});
