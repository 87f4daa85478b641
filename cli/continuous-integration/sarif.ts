import { canonicalHash, CODES } from "@headwater/workflow";
import type { LocatedFinding } from "../located-finding.js";

const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

/**
 * Findings as SARIF 2.1.0, as code scanning of GitHub and most other places read it.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(findings: readonly LocatedFinding[], version: string): string {
  const rules = [...new Set(findings.map(({ code }) => code))].toSorted();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Headwater",
            version,
            rules: rules.map((id) => ({ id, shortDescription: { text: titleOf(id) } })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => resultOf(finding, rules.indexOf(finding.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: LocatedFinding, ruleIndex: number): object {
  const { file, line, column, endLine, endColumn, severity, code, message } = finding;
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
    // Without the line: what stands above a finding may change, and it is the same one still.
    partialFingerprints: { "headwater/v1": canonicalHash([file, code, message]) },
  };
}

function titleOf(code: string): string {
  const titles: Readonly<Record<string, { readonly title: string } | undefined>> = CODES;
  return titles[code]?.title ?? code;
}
