import type { Command } from "commander";
import type { Run, Step } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { listAllActions, renderActions } from "../action-table.js";
import { listAllSteps } from "../run-steps.js";
import { jobsText } from "../jobs-text.js";
import { dueText } from "../late-text.js";
import { startedBy } from "../started-by.js";
import { renderSteps } from "../step-table.js";
import { plain } from "../table.js";
import { durationText, instantText } from "../time-text.js";

/** `headwater show RUN`: one run and its steps. */
export function addShowCommand(program: Command, context: Context): void {
  withConnection(program.command("show").description("show a run, its steps and what people did to it"))
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .action(async (id: string, { format, environment, ...options }: ConnectionOptions) => {
      const client = await connect(context.io, options);
      const run = await client.getRun({ params: { id }, query: { environment } });
      const steps = await listAllSteps(client, run.id);
      const actions = await listAllActions(client, run.id);
      const text = (): string => {
        const done = actions.length === 0 ? "" : `\n${renderActions(actions, context.io.stdout.columns)}`;
        return `${renderRun(run, steps, context)}${done}`;
      };
      print(context, { run, steps, actions }, { format, text });
    });
}

function renderRun(run: Run, steps: readonly Step[], { style, io }: Context): string {
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const facts = [
    `${style.bold(plain(run.name))}  ${style.status(run.status)}${run.reason === null ? "" : `: ${plain(run.reason)}`}`,
    `id ${run.id}, commit ${run.commit.slice(0, 12)}, started by ${plain(startedBy(run.trigger))}`,
    `created ${instantText(run.createdAt)}${tookOf(run)}`,
    ...(jobsText(run.jobs) === "" ? [] : [jobsText(run.jobs)]),
    ...(run.dueAt === null ? [] : [dueText(run)]),
    ...(params.length === 0 ? [] : [`params ${plain(params.join(" "))}`]),
  ];
  return `${facts.join("\n")}\n\n${renderSteps(steps, { style, columns: io.stdout.columns, attempt: run.attempt })}`;
}

function tookOf({ startedAt, endedAt }: Run): string {
  return startedAt === null || endedAt === null ? "" : `, took ${durationText(endedAt - startedAt)}`;
}
