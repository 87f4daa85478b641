import { canonicalHash } from "@headwater/workflow";
import type { LocatedFinding } from "../located-finding.js";

const SEVERITIES = { error: "critical", warning: "minor", info: "info" } as const;

/**
 * Findings as a Code Quality report, as GitLab shows it in a merge request.
 * Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function renderCodeQuality(findings: readonly LocatedFinding[]): string {
  const alike = new Map<string, number>();
  const report = findings.map(({ file, line, severity, code, message }) => {
    const name = canonicalHash([file, code, message]);
    // Fingerprints must differ, also where the same is said twice of one file.
    const count = (alike.get(name) ?? 0) + 1;
    alike.set(name, count);
    return {
      description: message,
      check_name: code,
      fingerprint: canonicalHash([name, count]),
      severity: SEVERITIES[severity],
      location: { path: file, lines: { begin: line } },
    };
  });
  return `${JSON.stringify(report, null, 2)}\n`;
}
