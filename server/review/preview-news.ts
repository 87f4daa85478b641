import { durationInWords } from "@headwater/workflow";
import type { RunRow, StepRow } from "../store/store.js";
import { codeSpan } from "./plain-text.js";
import type { HostTraits } from "./review-host.js";

const STEPS_SHOWN_MAX = 50;

const MARKS: Readonly<Partial<Record<string, string>>> = {
  succeeded: "✅",
  failed: "❌",
  timed_out: "❌",
  upstream_failed: "➖",
  skipped: "➖",
  canceled: "⏹️",
  running: "⏳",
};

/** How the run of a preview goes, in Markdown. */
export function previewNews(
  run: RunRow,
  steps: readonly StepRow[],
  { publicUrl, change }: { readonly publicUrl: string | null } & Pick<HostTraits, "change">,
): string {
  const { project, workflow, number, environment, commit, status, trigger } = run;
  const name = codeSpan(`${project}/${workflow}#${number}`);
  const link = publicUrl === null ? name : `[${name}](${publicUrl}/#${run.id})`;
  const by = trigger.kind === "manual" ? `, asked for by ${codeSpan(trigger.by)}` : "";
  const left = steps.length - STEPS_SHOWN_MAX;
  return [
    `### Preview of ${codeSpan(workflow)}: ${marked(status)}${took(run)}`,
    "",
    `Run ${link} in ${codeSpan(environment)}, of ${commit}${by}.${because(run)}`,
    "",
    ...(steps.length === 0 ? [] : ["| step | | took |", "| --- | --- | --- |"]),
    ...steps.slice(0, STEPS_SHOWN_MAX).map(rowOf),
    ...(left > 0 ? [`| *${left} more* | | |`] : []),
    "",
    "<sub>It runs once, apart from what is deployed: no schedule, no signal heard or emitted, no secret but those of previews, and data of its own, " +
      `which are thrown away when the ${change} is closed.</sub>`,
    "",
  ].join("\n");
}

function rowOf(step: StepRow): string {
  const { path, status, reason, startedAt, endedAt } = step;
  const why = reason === null ? "" : `: ${codeSpan(reason)}`;
  return `| ${codeSpan(path)} | ${marked(status)}${why.replaceAll("|", "\\|")} | ${spanInWords(startedAt, endedAt)} |`;
}

function marked(status: string): string {
  return `${MARKS[status] ?? "⏳"} ${status.replaceAll("_", " ")}`;
}

function took({ startedAt, endedAt }: RunRow): string {
  const span = spanInWords(startedAt, endedAt);
  return span === "" ? "" : ` in ${span}`;
}

function because({ reason }: RunRow): string {
  return reason === null ? "" : ` ${codeSpan(reason)}`;
}

function spanInWords(startedAt: number | null, endedAt: number | null): string {
  if (startedAt === null || endedAt === null) return "";
  const ms = endedAt - startedAt;
  return durationInWords(ms < 1000 ? ms : Math.round(ms / 1000) * 1000);
}
