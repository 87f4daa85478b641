import type { Look } from "../status/step-group.js";

/** What the page is told; what is left out stays as it was. */
export interface GraphMessage {
  readonly svg?: string;
  /** Why there is no newer picture. */
  readonly note?: string;
  readonly looks?: readonly { readonly path: string; readonly look: Look; readonly text: string }[];
}

/**
 * The page in which a graph is shown. It may load nothing and run only its own script; what it shows comes by messages, and the
 * picture is taken apart as XML, from which nothing but shapes and text is taken over.
 */
export function renderGraphPage(): string {
  const nonce = crypto.randomUUID();
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Graph of a workflow</title>
<style nonce="${nonce}">${STYLE}</style></head>
<body><p id="note" role="status"></p><main id="graph" aria-label="Graph of the workflow"></main>
<script nonce="${nonce}">${SCRIPT}</script></body></html>`;
}

const STYLE = `
  body { padding: 12px; background: var(--vscode-editor-background); }
  #note { margin: 0 0 12px; color: var(--vscode-descriptionForeground); }
  #note:empty { margin: 0; }
  svg { max-width: 100%; height: auto; display: block; margin: 0 auto; }
  text { font: 13px var(--vscode-font-family); fill: var(--vscode-editor-foreground); }
  .name { font-weight: 600; }
  .kind { fill: var(--vscode-descriptionForeground); }
  .note { fill: var(--vscode-descriptionForeground); font-size: 12px; }
  rect { fill: var(--vscode-editorWidget-background); stroke: var(--vscode-widget-border, var(--vscode-panel-border, #888)); }
  rect.loop { fill: none; stroke-dasharray: 5 4; }
  rect.trigger, rect.signal { stroke: var(--vscode-textLink-foreground); }
  .line { fill: none; stroke: var(--vscode-editorLineNumber-foreground); stroke-width: 1.4; }
  .head { fill: var(--vscode-editorLineNumber-foreground); }
  [data-step] { cursor: pointer; outline: none; }
  [data-step]:hover > rect, [data-step]:focus-visible > rect { stroke: var(--vscode-focusBorder); stroke-width: 2; }
  [data-look="succeeded"] > rect { stroke: var(--vscode-charts-green, #388a34); stroke-width: 2; }
  [data-look="failed"] > rect { stroke: var(--vscode-testing-iconFailed, #f14c4c); stroke-width: 2.5; }
  [data-look="running"] > rect { stroke: var(--vscode-charts-blue, #3794ff); stroke-width: 2.5; stroke-dasharray: 7 4; animation: run 1s linear infinite; }
  [data-look="waiting"] > rect { stroke: var(--vscode-descriptionForeground); stroke-width: 2; }
  [data-look="skipped"] > rect { fill: none; stroke: var(--vscode-descriptionForeground); stroke-dasharray: 2 4; }
  [data-look="skipped"] > text { fill: var(--vscode-descriptionForeground); }
  @keyframes run { to { stroke-dashoffset: -11; } }
  @media (prefers-reduced-motion: reduce) { [data-look="running"] > rect { animation: none; } }`;

const SCRIPT = `
  const editor = acquireVsCodeApi();
  const graph = document.getElementById("graph");
  const note = document.getElementById("note");
  let looks = [];
  const ALLOWED = new Set(["svg", "g", "rect", "path", "text", "tspan", "title", "defs", "marker"]);
  function take(node) {
    for (const child of [...node.children]) {
      if (!ALLOWED.has(child.localName)) child.remove();
      else take(child);
    }
    for (const { name } of [...node.attributes]) if (/^on|href/i.test(name)) node.removeAttribute(name);
    return node;
  }
  function draw(svg) {
    const picture = take(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement);
    // Of what is within a picture, or within a button, a screen reader says nothing.
    picture.setAttribute("role", "group");
    graph.replaceChildren(picture);
    for (const step of graph.querySelectorAll("[data-step]")) {
      step.setAttribute("tabindex", "0");
      step.setAttribute("role", step.querySelector("[data-step]") === null ? "button" : "group");
      step.setAttribute("aria-label", wordsOf(step));
    }
  }
  function wordsOf(step) {
    const seen = ({ childNodes }) => [...childNodes].filter(({ localName }) => localName !== "title");
    const lines = [...step.querySelectorAll(":scope > text")].map((line) => seen(line).map(({ textContent }) => textContent));
    return lines.map((parts) => parts.join("")).join(" ");
  }
  function colour() {
    const known = new Map(looks.map((look) => [look.path, look]));
    for (const step of graph.querySelectorAll("[data-step]")) {
      const { look, text } = known.get(step.dataset.step) ?? {};
      if (look === undefined) delete step.dataset.look;
      else step.dataset.look = look;
      step.setAttribute("aria-label", text === undefined ? wordsOf(step) : wordsOf(step) + ": " + text);
    }
  }
  function choose(event) {
    const step = event.target.closest("[data-step]");
    if (step !== null) editor.postMessage({ step: step.dataset.step });
  }
  addEventListener("message", ({ data }) => {
    if (data.svg !== undefined) draw(data.svg);
    if (data.svg !== undefined || data.note !== undefined) note.textContent = data.note ?? "";
    looks = data.looks ?? looks;
    colour();
  });
  graph.addEventListener("click", choose);
  graph.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(event);
  });
  editor.postMessage({ ready: true });`;
