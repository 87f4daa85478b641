import { Argument, type Command } from "commander";
import { type FileKind, jsonSchemaOf } from "@headwater/workflow";
import type { Context } from "../context.js";

const KINDS = {
  workflow: "workflow",
  template: "template",
  test: "test",
  project: "settings",
} as const satisfies Record<string, FileKind>;

/** `headwater schema [kind]`: the JSON Schema of a kind of file, for editors that know nothing of Headwater. */
export function addSchemaCommand(program: Command, context: Context): void {
  program
    .command("schema")
    .description("print the JSON Schema of workflows, templates, tests or headwater.yaml")
    .addArgument(new Argument("[kind]", "of which files").choices(Object.keys(KINDS)).default("workflow"))
    .action((kind: keyof typeof KINDS) => {
      context.io.stdout.write(`${JSON.stringify(jsonSchemaOf(KINDS[kind]), null, 2)}\n`);
    });
}
