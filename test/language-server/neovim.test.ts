import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "mocha";

const ROOT = join(import.meta.dirname, "..", "..", "..");
/** Longer than any start of the server. */
const WAIT_MS = 60_000;

const FILES = {
  "headwater.yaml": "project: growth\n",
  "a.workflow.yaml": "workflow: a\nsteps:\n  first: { noop: {} }\n  second: { needs: [frist], noop: {} }\n",
};

/** Waits for the first finding, asks for the words over a key, and prints both. */
const ASK = `
local found = {}
vim.wait(${WAIT_MS}, function()
  found = vim.diagnostic.get(0)
  return #found > 0
end, 50)
for _, finding in ipairs(found) do
  io.stdout:write("finding " .. finding.code .. " at " .. finding.lnum .. ":" .. finding.col .. "\\n")
end
local at = { textDocument = vim.lsp.util.make_text_document_params(0), position = { line = 3, character = 13 } }
for _, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/hover", at, ${WAIT_MS}) or {}) do
  io.stdout:write("hover " .. vim.inspect(answer.result) .. "\\n")
end
vim.cmd("qall!")
`;

describe("the language server in Neovim, as docs/editors.md sets it up", function () {
  this.timeout(2 * WAIT_MS);
  const folder = mkdtempSync(join(tmpdir(), "headwater-neovim-"));
  before(function () {
    if (spawnSync("nvim", ["--version"]).error !== undefined) this.skip();
    for (const [path, text] of Object.entries(FILES)) writeFileSync(join(folder, path), text);
    const docs = readFileSync(join(ROOT, "docs", "editors.md"), "utf8");
    writeFileSync(join(folder, "init.lua"), /```lua\n([^]*?)```/.exec(docs)?.[1] ?? "");
    writeFileSync(join(folder, "ask.lua"), ASK);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("tells findings and answers a hover", () => {
    const path = [join(ROOT, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
    const args = ["--headless", "-u", "init.lua", "a.workflow.yaml", "-c", "luafile ask.lua"];
    const told = execFileSync("nvim", args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: path, HOME: folder },
    });
    assert.match(told, /finding unknown-need at 3:2\d/);
    assert.match(told, /hover [^]*needs/);
  });
});
