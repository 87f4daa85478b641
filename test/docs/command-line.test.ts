import { it } from "mocha";
import { type Io, processIo } from "#cli/io.js";
import { main } from "#cli/main.js";
import { checkGeneratedPart } from "./generated-part.js";

const process = processIo();
const REPO_COMMANDS = ["add", "list", "sync", "remove"].map((name) => ["repo", name]);
const BACKFILL_COMMANDS = ["start", "show", "pause", "resume", "cancel", "retry"].map((name) => [
  "backfill",
  name,
]);
const PERMIT_COMMANDS = ["list", "set", "unset"].map((name) => ["permits", name]);
const GITHUB_COMMANDS = ["create", "show"].map((name) => ["github", "app", name]);
const GITHUB_LISTS = [["github", "repositories"]];
const GITLAB_LISTS = ["show", "repositories"].map((name) => ["gitlab", name]);
const ALERT_COMMANDS = ["list", "test"].map((name) => ["alerts", name]);
const COMMANDS = [
  "serve",
  "backup",
  "init",
  "validate",
  "test",
  "fmt",
  "next",
  "simulate",
  "graph",
  "schema",
  "explain",
  "plan",
  "ci",
  "workflows",
  "versions",
  "deployments",
  "run",
  "runs",
  "backfills",
  "show",
  "why",
  "logs",
  "cancel",
  "unblock",
  "approve",
  "reject",
  "restart",
  "pause",
  "resume",
  "skip",
  "bypass",
  "retry",
  "set-max-parallel",
  "breakpoint",
  "pools",
];

it("docs/command-line.md holds the help of every command", async () => {
  const parts = [await helpOf([])];
  for (const command of [
    ...COMMANDS.map((name) => [name]),
    ...REPO_COMMANDS,
    ...PERMIT_COMMANDS,
    ...BACKFILL_COMMANDS,
    ...ALERT_COMMANDS,
    ...GITHUB_COMMANDS,
    ...GITHUB_LISTS,
    ...GITLAB_LISTS,
  ])
    parts.push(await helpOf(command));
  checkGeneratedPart("command-line.md", "commands", parts.join("\n"));
});

async function helpOf(command: readonly string[]): Promise<string> {
  let help = "";
  const stdout = { write: (text: string) => void (help += text), isTerminal: false, columns: 80, rows: 24 };
  const io: Io = { ...process, stdout };
  await main([...command, "--help"], io);
  return `### headwater ${command.join(" ")}`.trim() + `\n\n\`\`\`text\n${help.trim()}\n\`\`\`\n`;
}
