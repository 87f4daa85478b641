import { wallText } from "@headwater/workflow";
import { itemsOf, type FileModel } from "@headwater/workflow/navigation";
import type { CodeLens, Command } from "vscode-languageserver-types";
import type { Almanac } from "../hover/schedule-hover.js";
import { offsetBefore } from "../moved-offset.js";
import { nextFireOf } from "../schedule-timing.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** What the lenses are shown in. */
export interface LensOptions {
  readonly almanac: Almanac;
  /** The commands that the client has: of others nothing is offered. Each takes the address of the file, `headwater.runTest` the test's name too. */
  readonly commands: readonly string[];
}

type Of<K extends FileModel["kind"]> = Extract<FileModel, { readonly kind: K }>;

/** A lens above what stands at a range of the model's text. */
interface Lens {
  readonly range: { readonly start: number; readonly end: number };
  readonly command: Command;
}

/** Above the name of a workflow when it fires next and what can be done with it, above a test that it can be run. */
export function codeLenses(file: ProjectFile, options: LensOptions): CodeLens[] {
  const { project, path } = file;
  const model = project.settledModel(path);
  if (model === null) return [];
  const document = project.document(path);
  const text = document.getText();
  const { commands } = options;
  return lensesOf(model, file, options)
    .filter(({ command: { command } }) => command === "" || commands.includes(command))
    .flatMap(({ range, command }) => {
      const start = offsetBefore(model.text, text, range.start);
      if (start === null) return [];
      return [{ range: toRange(document, { start, end: start + range.end - range.start }), command }];
    });
}

function lensesOf(model: FileModel, file: ProjectFile, { almanac }: LensOptions): readonly Lens[] {
  const uri = file.project.uriOf(file.path);
  switch (model.kind) {
    case "workflow":
      return workflowLenses(model, uri, nextFire(model, file, almanac));
    case "test":
      return testLenses(model, uri);
    default:
      return [];
  }
}

function workflowLenses({ fields }: Of<"workflow">, uri: string, next: string | null): readonly Lens[] {
  const range = fields.workflow?.range;
  if (range === undefined) return [];
  const act = (title: string, command: string): Lens => ({
    range,
    command: { title, command, arguments: [uri] },
  });
  return [
    ...(next === null ? [] : [{ range, command: { title: next, command: "" } }]),
    act("Simulate", "headwater.simulate"),
    act("Graph", "headwater.showGraph"),
  ];
}

/** The earliest fire of all schedules, on the wall clock of its own; null when none fires any more. */
function nextFire(model: Of<"workflow">, { project }: ProjectFile, almanac: Almanac): string | null {
  const first = nextFireOf(model, project, almanac);
  if (first === null) return null;
  return `Fires ${wallText(first.at, almanac.zones.offsetMs(first.timezone, first.at))} ${first.timezone}`;
}

function testLenses({ fields }: Of<"test">, uri: string): readonly Lens[] {
  return itemsOf(fields.tests).map(({ key, keyRange }) => ({
    range: keyRange,
    command: { title: "Run test", command: "headwater.runTest", arguments: [uri, key] },
  }));
}
