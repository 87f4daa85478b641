import {
  formatPartType,
  itemsOf,
  memberOf,
  type FileModel,
  type PartType,
  type StepNode,
} from "@headwater/workflow/navigation";
import { InlayHintKind, type InlayHint, type Range } from "vscode-languageserver-types";
import { nextFireText, type Almanac } from "../hover/schedule-hover.js";
import { offsetBefore } from "../moved-offset.js";
import { timingOf } from "../schedule-timing.js";
import type { ProjectFile } from "../workspace.js";

type WorkflowModel = Extract<FileModel, { readonly kind: "workflow" }>;

interface Hint {
  /** In the text that the model is of. */
  readonly offset: number;
  readonly label: string;
  readonly kind?: InlayHintKind;
}

/**
 * What is not written but known: behind a schedule its next fire, behind a loop's variable its type, behind the template or the workflow of
 * a step what that gives.
 */
export function inlayHints({ project, path }: ProjectFile, range: Range, almanac: Almanac): InlayHint[] {
  const model = project.settledModel(path);
  if (model?.kind !== "workflow") return [];
  const document = project.document(path);
  const text = document.getText();
  const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  return [
    ...fireHints(model, { project, path }, almanac),
    ...typeHints(model),
    ...outputHints(model),
  ].flatMap(({ offset, label, kind }) => {
    const at = offsetBefore(model.text, text, offset);
    if (at === null || at < start || at > end) return [];
    const hint = { position: document.positionAt(at), label, paddingLeft: true };
    return [kind === undefined ? hint : { ...hint, kind }];
  });
}

function fireHints({ fields }: WorkflowModel, { project }: ProjectFile, almanac: Almanac): readonly Hint[] {
  return itemsOf(fields.triggers).flatMap((trigger) => {
    const timing = timingOf(trigger, project);
    const next = timing === null ? null : nextFireText(timing, almanac);
    const schedule = trigger.value.schedule;
    return next === null || schedule === undefined
      ? []
      : [{ offset: schedule.range.end, label: `next ${next}` }];
  });
}

function typeHints({ steps, checkers }: WorkflowModel): readonly Hint[] {
  return steps.flatMap((step): readonly Hint[] => {
    if (step.inner === null) return [];
    const { each, loop } = checkers.values(step.inner).scope;
    return [...hintsOf(step.fields.foreach, each), ...hintsOf(step.fields.vars, loop)];
  });
}

/** Of a step that says its outputs itself there is nothing to tell. */
function outputHints({ steps, checkers }: WorkflowModel): readonly Hint[] {
  return steps.flatMap(({ id, level, fields }): readonly Hint[] => {
    const from = fields.use ?? fields.workflow;
    if (from === undefined || fields.outputs !== undefined) return [];
    const known: PartType = { name: "record", fields: checkers.values(level).scope };
    const outputs = memberOf(memberOf(memberOf(known, "steps"), id), "outputs");
    const given = "fields" in outputs ? Object.entries(outputs.fields).flatMap(namedType) : [];
    const more = given.length > OUTPUTS_MAX ? ", …" : "";
    const label = `gives ${given.slice(0, OUTPUTS_MAX).join(", ")}${more}`;
    return given.length === 0 ? [] : [{ offset: from.range.end, label, kind: InlayHintKind.Type }];
  });
}

/** More of them make the line longer than it is wide. */
const OUTPUTS_MAX = 3;

function namedType([name, type]: readonly [string, PartType]): readonly string[] {
  const text = formatPartType(type);
  return text === null ? [] : [`${name}: ${text}`];
}

function hintsOf(variables: StepNode["fields"]["vars"], types: PartType | undefined): readonly Hint[] {
  if (types === undefined || !("fields" in types)) return [];
  return itemsOf(variables).flatMap(({ key, value }) => {
    const type = types.fields[key];
    const label = type === undefined || type.name === "any" ? null : formatPartType(type);
    return label === null ? [] : [{ offset: value.range.end, label, kind: InlayHintKind.Type }];
  });
}
