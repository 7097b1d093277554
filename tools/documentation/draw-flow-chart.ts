/** Steps from top to bottom. Some end the way early, one may fork. */
export interface FlowChart {
  readonly title: string;
  readonly steps: readonly FlowStep[];
}

export interface FlowStep {
  readonly title: string;
  readonly says: string;
  /** Where the way may end here, or turn back. */
  readonly exits: readonly string[];
  readonly forkTitle: string;
  /** Empty: the way does not fork. */
  readonly fork: readonly { readonly when: string; readonly leadsTo: string }[];
}

const wide = 1040;
const margin = 24;
const boxWidth = 440;
const sideLeft = margin + boxWidth + 56;
const sideWidth = wide - sideLeft - margin;
const boxHeight = 58;
const exitHeight = 28;
const gap = 26;
const rowHeight = 26;

/** Plain SVG, without fonts or scripts of its own, readable on light and on dark pages. */
export function drawFlowChart(chart: FlowChart): string {
  const drawn: string[] = [];
  let top = margin;
  chart.steps.forEach((step, index) => {
    if (index > 0) drawn.push(arrow(margin + boxWidth / 2, top - gap, margin + boxWidth / 2, top));
    drawn.push(...box(step, top), ...step.exits.flatMap((exit, at) => exitOf(exit, top + at * (exitHeight + 6))));
    const fork = step.fork.length === 0 ? 0 : forkHeight(step);
    if (fork > 0) drawn.push(...forkOf(step, top + boxHeight + 10));
    top += Math.max(boxHeight, step.exits.length * (exitHeight + 6)) + fork + gap;
  });
  const height = top - gap + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${height}" width="${wide}" height="${height}" role="img" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(chart.title)}</title>`,
    '<!-- Written by npm run generate. Do not edit. -->',
    '<defs><marker id="head" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#57606a"/></marker></defs>',
    `<rect width="${wide}" height="${height}" fill="#ffffff"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function box({ title, says }: FlowStep, top: number): readonly string[] {
  return [
    `<rect x="${margin}" y="${top}" width="${boxWidth}" height="${boxHeight}" rx="8" fill="#ddf4ff" stroke="#0969da"/>`,
    words(title, { x: margin + 16, y: top + 24, isBold: true }),
    words(says, { x: margin + 16, y: top + 45, isBold: false }),
  ];
}

function exitOf(says: string, top: number): readonly string[] {
  const middle = top + exitHeight / 2;
  return [
    arrow(margin + boxWidth, middle, sideLeft, middle),
    `<rect x="${sideLeft}" y="${top}" width="${sideWidth}" height="${exitHeight}" rx="14" fill="#fff8c5" stroke="#9a6700"/>`,
    words(says, { x: sideLeft + 14, y: middle + 5, isBold: false }),
  ];
}

function forkHeight({ fork }: FlowStep): number {
  return 10 + rowHeight * (fork.length + 1) + 8;
}

function forkOf({ fork, forkTitle }: FlowStep, top: number): readonly string[] {
  const left = margin + 32;
  const then = left + 300;
  return [
    `<rect x="${left}" y="${top}" width="${wide - margin - left}" height="${rowHeight * (fork.length + 1) + 8}" rx="8" fill="#f6f8fa" stroke="#d0d7de"/>`,
    words(forkTitle, { x: left + 14, y: top + 20, isBold: true }),
    ...fork.flatMap((branch, at) => {
      const line = top + rowHeight * (at + 1) + 20;
      return [
        words(branch.when, { x: left + 14, y: line, isBold: false }),
        arrow(then - 50, line - 4, then - 10, line - 4),
        words(branch.leadsTo, { x: then, y: line, isBold: false }),
      ];
    }),
  ];
}

function words(text: string, { x, y, isBold }: { readonly x: number; readonly y: number; readonly isBold: boolean }): string {
  return `<text x="${x}" y="${y}" fill="#1f2328"${isBold ? ' font-weight="bold"' : ''}>${escaped(text)}</text>`;
}

function arrow(...[fromX, fromY, toX, toY]: readonly [number, number, number, number]): string {
  return `<line x1="${fromX}" y1="${fromY}" x2="${toX}" y2="${toY}" stroke="#57606a" marker-end="url(#head)"/>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
