import { layOut } from "./layered-layout.js";
import type { GraphLevel, GraphNode, WorkflowGraph } from "./workflow-graph.js";

/** A level, drawn: its marks, and how large it is. */
interface Drawing {
  readonly marks: readonly string[];
  readonly width: number;
  readonly height: number;
}

const MARGIN = 24;
const LINE_HEIGHT = 18;
const PADDING = 12;
const TITLE_HEIGHT = 32;
/** Of the fonts below at 13 pixels, on the wide side. */
const CHARACTER_WIDTH = 7.4;
const BOLD_CHARACTER_WIDTH = 8.4;
const TEXT_LENGTH_MAX = 44;

const STYLE = `
  .page { fill: #ffffff } text { font: 13px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2430 }
  .title { font-size: 16px; font-weight: 600 } .name { font-weight: 600 } .kind { fill: #667085 } .note { fill: #667085; font-size: 12px }
  .step { fill: #f7f8fa; stroke: #b8c0cc } .loop { fill: #6b7a90; fill-opacity: .07; stroke: #b8c0cc; stroke-dasharray: 5 4 }
  .trigger { fill: #e8f1ff; stroke: #7aa7e8 } .signal { fill: #e9f7ee; stroke: #79bd93 }
  .line { fill: none; stroke: #8791a1; stroke-width: 1.4 } .head { fill: #8791a1 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #14171c } text { fill: #e6e9ef } .kind { fill: #98a2b3 } .note { fill: #98a2b3 }
    .step { fill: #1f242c; stroke: #465061 } .loop { fill: #9fb0c8; stroke: #465061 }
    .trigger { fill: #16283f; stroke: #3f6ea8 } .signal { fill: #15301f; stroke: #3f8059 }
    .line { stroke: #7c8798 } .head { fill: #7c8798 }
  }`;

export interface SvgOptions {
  /** Default false. True for a page that shows it with colours and a title of its own. */
  readonly isEmbedded?: boolean;
}

/** A graph as a picture that stands alone, for light and dark surroundings. Steps are marked with their path, as `data-step`. */
export function renderSvg({ title, level }: WorkflowGraph, { isEmbedded = false }: SvgOptions = {}): string {
  const drawing = drawLevel(level);
  const titleWidth = title.length * (BOLD_CHARACTER_WIDTH + 2);
  const width = Math.ceil(Math.max(drawing.width, titleWidth) + 2 * MARGIN);
  const height = Math.ceil(drawing.height + 2 * MARGIN + (isEmbedded ? 0 : TITLE_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    ...(isEmbedded ? [] : [`<style>${STYLE}\n</style>`]),
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    ...(isEmbedded
      ? []
      : [
          '<rect class="page" width="100%" height="100%"/>',
          `<text class="title" x="${MARGIN}" y="${MARGIN + 14}">${escape(title)}</text>`,
        ]),
    ...moved(drawing, { x: MARGIN, y: isEmbedded ? MARGIN : MARGIN + TITLE_HEIGHT }),
    "</svg>",
    "",
  ].join("\n");
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** From its own corner; a level is drawn once, however deep it lies. */
function drawLevel({ nodes, edges }: GraphLevel): Drawing {
  const drawings = new Map(nodes.map((node) => [node.id, drawNode(node)]));
  const boxes = [...drawings].map(([id, { width, height }]) => ({ id, width, height }));
  const layout = layOut(boxes, edges);
  const lines = layout.lines.map(({ points }) => drawLine(points));
  const steps = new Set(nodes.filter(({ shape }) => shape === "step").map(({ id }) => id));
  const marks = layout.boxes.flatMap(({ id, x, y }) => {
    const drawing = drawings.get(id);
    return drawing === undefined ? [] : moved(drawing, { x, y }, steps.has(id) ? id : null);
  });
  return { marks: [...lines, ...marks], width: layout.width, height: layout.height };
}

function moved({ marks }: Drawing, { x, y }: Point, step: string | null = null): readonly string[] {
  const name = step === null ? "" : ` data-step="${escape(step)}"`;
  return [`<g transform="translate(${round(x)} ${round(y)})"${name}>`, ...marks, "</g>"];
}

function drawNode(node: GraphNode): Drawing {
  const inner = node.inner === null ? null : drawLevel(node.inner);
  const text = textSize(node);
  const width = Math.max(text.width, inner === null ? 0 : inner.width + 2 * PADDING);
  const height = text.height + (inner === null ? 0 : inner.height + PADDING);
  const look = inner === null ? node.shape : "loop";
  const radius = node.shape === "step" ? 8 : Math.min(height / 2, 20);
  return {
    width,
    height,
    marks: [
      `<rect class="${look}" width="${round(width)}" height="${round(height)}" rx="${round(radius)}"/>`,
      ...textMarks(node),
      ...(inner === null ? [] : moved(inner, { x: (width - inner.width) / 2, y: text.height })),
    ],
  };
}

function textSize({ title, kind, notes }: GraphNode): { readonly width: number; readonly height: number } {
  const name = clip(title).length * BOLD_CHARACTER_WIDTH;
  const heading = name + (clip(kind).length + 1) * CHARACTER_WIDTH;
  const widths = notes.map((note) => clip(note).length * CHARACTER_WIDTH);
  return {
    width: Math.max(heading, ...widths) + 2 * PADDING + 8,
    height: (notes.length + 1) * LINE_HEIGHT + 2 * PADDING - 4,
  };
}

function textMarks({ shape, title, kind, notes }: GraphNode): readonly string[] {
  const x = PADDING + (shape === "step" ? 0 : 4);
  const y = PADDING + 11;
  const name = `<tspan class="name">${escape(clip(title))}</tspan>`;
  return [
    `<text x="${x}" y="${y}">${name} <tspan class="kind">${escape(clip(kind))}</tspan></text>`,
    ...notes.map(
      (note, index) =>
        `<text class="note" x="${x}" y="${y + (index + 1) * LINE_HEIGHT}"><title>${escape(note)}</title>${escape(clip(note))}</text>`,
    ),
  ];
}

/** Straight where it passes a row or leaves one, curved between rows. */
function drawLine(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let before = first;
  const parts = rest.map((point) => {
    const middle = (before.y + point.y) / 2;
    const part =
      before.x === point.x
        ? `V${round(point.y)}`
        : `C${round(before.x)} ${round(middle)} ${round(point.x)} ${round(middle)} ${round(point.x)} ${round(point.y)}`;
    before = point;
    return part;
  });
  return `<path class="line" marker-end="url(#head)" d="M${round(first.x)} ${round(first.y)}${parts.join("")}"/>`;
}

function clip(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX - 1)}…` : text;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
