import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "mocha";

const ROOT = join(import.meta.dirname, "..", "..", "..");
/** Longer than any start of the server. */
const WAIT_S = 60;

const FILES = {
  "headwater.yaml": "project: growth\n",
  "a.workflow.yaml": "workflow: a\nsteps:\n  first: { noop: {} }\n  second: { needs: [frist], noop: {} }\n",
};

/** Waits for the first finding, asks for the words over a key, and prints both. */
const ASK = `
(setq eglot-sync-connect ${WAIT_S} eglot-connect-timeout ${WAIT_S})
(find-file "a.workflow.yaml")
(apply #'eglot (eglot--guess-contact))
(let ((end (+ (float-time) ${WAIT_S})))
  (while (and (< (float-time) end) (null (flymake-diagnostics)))
    (flymake-start)
    (accept-process-output nil 0.1)))
(dolist (finding (flymake-diagnostics))
  (princ (format "finding %s at %d\\n" (flymake-diagnostic-text finding) (flymake-diagnostic-beg finding))))
(goto-char (point-min))
(search-forward "need")
(princ (format "hover %S\\n" (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams))))
`;

describe("the language server in Emacs, as docs/editors.md sets it up", function () {
  this.timeout(3 * WAIT_S * 1000);
  const folder = mkdtempSync(join(tmpdir(), "headwater-emacs-"));
  before(function () {
    const eglot = ["--batch", "--eval", "(require 'eglot)"];
    if (spawnSync("emacs", eglot).status !== 0) this.skip();
    for (const [path, text] of Object.entries(FILES)) writeFileSync(join(folder, path), text);
    const docs = readFileSync(join(ROOT, "docs", "editors.md"), "utf8");
    writeFileSync(join(folder, "init.el"), /```elisp\n([^]*?)```/.exec(docs)?.[1] ?? "");
    writeFileSync(join(folder, "ask.el"), ASK);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("tells findings and answers a hover", () => {
    const path = [join(ROOT, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
    const told = execFileSync("emacs", ["--batch", "-l", "init.el", "-l", "eglot", "-l", "ask.el"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: path, HOME: folder },
    });
    assert.match(told, /finding [^]*unknown-need[^]* at 62/);
    assert.match(told, /hover [^]*needs/);
  });
});
