// Draws what a command prints on a terminal as an SVG, for the README: node scripts/picture.mjs OUT.svg "TITLE" COMMAND…
// The command runs for real on a pseudo-terminal (by `script` of util-linux); colours are kept, redraws are collapsed.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const COLUMNS = 110;
const LINE_HEIGHT = 18;
const CHARACTER_WIDTH = 7.8;
const COLOURS = {
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
  34: "#79c0ff",
  35: "#d2a8ff",
  36: "#76e3ea",
  90: "#8b949e",
};

const [target, title, ...command] = process.argv.slice(2);
const raw = execFileSync(
  "script",
  ["-qec", `stty cols ${COLUMNS} rows 50; ${command.join(" ")}`, "/dev/null"],
  {
    encoding: "utf8",
    env: { ...process.env, COLUMNS: String(COLUMNS), TERM: "xterm-256color", FORCE_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  },
);
const lines = screenOf(raw).flatMap(wrapped);
const height = (lines.length + 1) * LINE_HEIGHT + 52;
const width = Math.ceil(COLUMNS * CHARACTER_WIDTH) + 32;
const body = lines.map(
  (line, index) =>
    `<text x="16" y="${60 + index * LINE_HEIGHT}" xml:space="preserve">${spansOf(line)}</text>`,
);
writeFileSync(
  target,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#e6edf3" role="img" aria-label="${escape(title)}">
<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
<text x="${width / 2}" y="25" text-anchor="middle" fill="#8b949e">${escape(title)}</text>
${body.join("\n")}
</svg>
`,
);

/** The lines as they stand at the end: carriage returns and cursor-up redraws overwrite what was there. */
function screenOf(text) {
  const screen = [""];
  let row = 0;
  for (const token of text.match(/\x1b\[[0-9;?]*[A-Za-z]|\r\n|\n|\r|[^\x1b\r\n]+/g) ?? []) {
    const up = /^\x1b\[(\d*)A$/.exec(token);
    if (up) row = Math.max(0, row - Number(up[1] || 1));
    else if (/^\x1b\[\d*J$/.test(token)) screen.splice(row, Infinity, "");
    else if (/^\x1b\[\d*K$/.test(token) || token === "\r" || /^\x1b\[\d*G$/.test(token)) screen[row] = "";
    else if (token === "\n" || token === "\r\n") screen[(row += 1)] ??= "";
    else if (!/^\x1b\[[0-9;?]*[A-Za-ln-z]$/.test(token)) screen[row] += token;
  }
  while (screen.at(-1)?.trim() === "") screen.pop();
  return screen;
}

/** What a terminal does with a line that is too wide. Lines with colours are the tables, which fit. */
function wrapped(line) {
  return line.includes("\x1b") ? [line] : (line.match(new RegExp(`.{1,${COLUMNS}}`, "gu")) ?? [""]);
}

function spansOf(line) {
  let colour = null;
  let bold = false;
  let spans = "";
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    const codes = /^\x1b\[([0-9;]*)m$/.exec(part)?.[1];
    if (codes === undefined) {
      if (part === "") continue;
      spans += `<tspan${colour ? ` fill="${colour}"` : ""}${bold ? ' font-weight="bold"' : ""}>${escape(part)}</tspan>`;
      continue;
    }
    for (const code of codes.split(";").map(Number)) {
      if (code === 0) [colour, bold] = [null, false];
      else if (code === 1) bold = true;
      else if (code === 2) colour = COLOURS[90];
      else if (code === 22) [bold, colour] = [false, colour === COLOURS[90] ? null : colour];
      else if (code === 39) colour = null;
      else colour = COLOURS[code] ?? colour;
    }
  }
  return spans;
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
