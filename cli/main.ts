import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { visibleText } from "@headwater/workflow";
import { addAlertsCommand } from "./commands/alerts.js";
import { addApprovalCommands } from "./commands/approve.js";
import { addBackfillCommands } from "./commands/backfill.js";
import { addBackupCommand } from "./commands/backup.js";
import { addBreakpointCommand } from "./commands/breakpoint.js";
import { addCancelCommand } from "./commands/cancel.js";
import { addCiCommand } from "./commands/ci.js";
import { addDeploymentsCommand } from "./commands/deployments.js";
import { addDiffCommand } from "./commands/diff.js";
import { addExplainCommand } from "./commands/explain.js";
import { addFmtCommand } from "./commands/fmt.js";
import { addGithubCommand } from "./commands/github.js";
import { addGitlabCommand } from "./commands/gitlab.js";
import { addGraphCommand } from "./commands/graph.js";
import { addInitCommand } from "./commands/init.js";
import { addLineageCommand } from "./commands/lineage.js";
import { addLogsCommand } from "./commands/logs.js";
import { addNextCommand } from "./commands/next.js";
import { addPauseCommands } from "./commands/pause.js";
import { addPermitsCommand } from "./commands/permits.js";
import { addPinCommands } from "./commands/pin.js";
import { addPlanCommand } from "./commands/plan.js";
import { addPoolsCommand } from "./commands/pools.js";
import { addRepoCommand } from "./commands/repo.js";
import { addRestartCommand } from "./commands/restart.js";
import { addRunCommand } from "./commands/run.js";
import { addRunsCommand } from "./commands/runs.js";
import { addSchemaCommand } from "./commands/schema.js";
import { addServeCommand } from "./commands/serve.js";
import { addShowCommand } from "./commands/show.js";
import { addSignalCommand } from "./commands/signal.js";
import { addSignalsCommand } from "./commands/signals.js";
import { addSimulateCommand } from "./commands/simulate.js";
import { addStepCommands } from "./commands/step-actions.js";
import { addTestCommand } from "./commands/test.js";
import { addUnblockCommand } from "./commands/unblock.js";
import { addValidateCommand } from "./commands/validate.js";
import { addVersionsCommand } from "./commands/versions.js";
import { addConfirmCommand } from "./commands/confirm.js";
import { addCriticalPathCommand } from "./commands/critical-path.js";
import { addTimelineCommand } from "./commands/timeline.js";
import { addWhyCommand } from "./commands/why.js";
import { addWorkflowsCommand } from "./commands/workflows.js";
import { type Context, createContext, EXIT_FAILURE, EXIT_OK } from "./context.js";
import { type Io, processIo } from "./io.js";
import { styleFor } from "./style.js";

/** Wider lines are hard to read. */
const HELP_COLUMNS_MAX = 90;

/**
 * Runs one command and answers with the exit code: 0 fine, 1 findings or a failed run, 2 usage or input and output.
 * @param argv without the program's own name
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  let exitCode = EXIT_OK;
  const context = createContext(io, (code) => {
    exitCode = code;
  });
  const program = createProgram(io);
  addProjectCommands(program, context);
  addServiceCommands(program, context);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_FAILURE;
    io.stderr.write(`${styleFor(io.stderr, io.env).bad("error:")} ${visibleText(wordsFor(error))}\n`);
    return EXIT_FAILURE;
  }
}

/** Those that begin a service, or work on the files of a project without one. */
function addProjectCommands(program: Command, context: Context): void {
  addServeCommand(program, context);
  addBackupCommand(program, context);
  addInitCommand(program, context);
  addValidateCommand(program, context);
  addTestCommand(program, context);
  addFmtCommand(program, context);
  addNextCommand(program, context);
  addSimulateCommand(program, context);
  addGraphCommand(program, context);
  addSchemaCommand(program, context);
  addExplainCommand(program, context);
  addPlanCommand(program, context);
  addCiCommand(program, context, version());
}

/** Those that ask the service. */
function addServiceCommands(program: Command, context: Context): void {
  addRepoCommand(program, context);
  addGithubCommand(program, context);
  addGitlabCommand(program, context);
  addWorkflowsCommand(program, context);
  addVersionsCommand(program, context);
  addDeploymentsCommand(program, context);
  addConfirmCommand(program, context);
  addDiffCommand(program, context);
  addPinCommands(program, context);
  addRunCommand(program, context);
  addRunsCommand(program, context);
  addBackfillCommands(program, context);
  addShowCommand(program, context);
  addTimelineCommand(program, context);
  addCriticalPathCommand(program, context);
  addWhyCommand(program, context);
  addLogsCommand(program, context);
  addCancelCommand(program, context);
  addUnblockCommand(program, context);
  addApprovalCommands(program, context);
  addRestartCommand(program, context);
  addPauseCommands(program, context);
  addStepCommands(program, context);
  addBreakpointCommand(program, context);
  addSignalCommand(program, context);
  addSignalsCommand(program, context);
  addLineageCommand(program, context);
  addAlertsCommand(program, context);
  addPermitsCommand(program, context);
  addPoolsCommand(program, context);
}

function createProgram(io: Io): Command {
  return (
    new Command("headwater")
      .description("Git-native data pipelines: a merge to main puts a workflow live")
      .version(version(), "-V, --version")
      // What stands behind a command is the command's: "restart RUN --version latest" asks nothing of the program.
      .enablePositionalOptions()
      .exitOverride()
      .showHelpAfterError("(add --help for what can be said here)")
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
        getOutHelpWidth: () => Math.min(io.stdout.columns, HELP_COLUMNS_MAX),
        getErrHelpWidth: () => Math.min(io.stderr.columns, HELP_COLUMNS_MAX),
      })
  );
}

function version(): string {
  const text = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  // Our own file, beside the code.
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** What has a code was written for people; anything else is a bug, and its place is what helps. */
function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? error.message : (error.stack ?? error.message);
}
