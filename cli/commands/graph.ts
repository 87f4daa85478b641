import { type Command, Option } from "commander";
import { graphOf, renderDot, renderMermaid, renderSvg } from "@headwater/workflow";
import type { Context } from "../context.js";
import { openWorkflow } from "../workflow-file.js";

const RENDERERS = { mermaid: renderMermaid, svg: renderSvg, dot: renderDot } as const;

interface GraphOptions {
  readonly format: keyof typeof RENDERERS;
}

/** `headwater graph FILE`: a workflow as a drawing, on standard output. */
export function addGraphCommand(program: Command, context: Context): void {
  program
    .command("graph")
    .description("draw a workflow: triggers, steps, loops, needs, conditions, signals")
    .argument("<file>", "a workflow")
    .addOption(new Option("--format <format>", "as what").choices(Object.keys(RENDERERS)).default("mermaid"))
    .action((file: string, { format }: GraphOptions) => {
      const workflow = openWorkflow(file, context);
      if (workflow !== null) context.io.stdout.write(RENDERERS[format](graphOf(workflow)));
    });
}
