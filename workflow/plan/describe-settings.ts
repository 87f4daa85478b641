import { counted } from "../diagnostics/counted.js";
import { code, line, MARKS, type OutlineLine, type OutlineSection } from "./outline.js";
import type { SettingChange } from "./settings-change.js";
import { valueText } from "./value-text.js";

const CHANGES_SHOWN_MAX = 50;

/** What changes for the whole project; no section where that is nothing. */
export function settingsSection(changes: readonly SettingChange[]): readonly OutlineSection[] {
  if (changes.length === 0) return [];
  const left = changes.length - CHANGES_SHOWN_MAX;
  const lines = changes.slice(0, CHANGES_SHOWN_MAX).map(describeSetting);
  return [
    {
      heading: line(0, `The project: ${counted(changes.length, "setting")} changed`),
      lines: left > 0 ? [...lines, line(0, `and ${left} more`)] : lines,
    },
  ];
}

function describeSetting({ change, key, before, after }: SettingChange): OutlineLine {
  const values =
    change === "changed"
      ? [code(valueText(before)), " → ", code(valueText(after))]
      : [code(valueText(change === "added" ? after : before))];
  return { depth: 0, mark: MARKS[change], spans: [code(key), " ", ...values] };
}
