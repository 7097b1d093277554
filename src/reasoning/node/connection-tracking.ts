interface Printed {
  readonly command: string;
  /** What was run; `command` may be only its id. */
  readonly line: string;
  readonly output: string;
}

export interface ConnectionTracking {
  readonly used: number;
  readonly limit: number;
  /** The command that told how many are used. */
  readonly command: string;
}

/**
 * Entries in the kernel's table of connections and how many fit, put together from all that was printed on one node.
 * Source: sysctl net.netfilter.nf_conntrack_count and nf_conntrack_max, or the files of those names under
 * /proc/sys/net/netfilter. Undefined: either is missing.
 */
export function parseConnectionTracking(printed: readonly Printed[]): ConnectionTracking | undefined {
  const used = figureOf('count', printed);
  const limit = figureOf('max', printed);
  return used === undefined || limit === undefined || limit.figure === 0
    ? undefined
    : { used: used.figure, limit: limit.figure, command: used.command };
}

function figureOf(which: 'count' | 'max', printed: readonly Printed[]): { readonly figure: number; readonly command: string } | undefined {
  const named = new RegExp(`nf_conntrack_${which}\\s*[=:]?\\s*(\\d{1,12})`);
  for (const { command, line, output } of printed) {
    const figure = named.exec(output)?.[1] ?? ofFiles(which, line, output);
    if (figure !== undefined) return { figure: Number(figure), command };
  }
  return undefined;
}

/** `cat` prints the figures alone, in the order in which the files are named. */
function ofFiles(which: 'count' | 'max', line: string, output: string): string | undefined {
  const files = [...line.matchAll(/nf_conntrack_(count|max)/g)].map((match) => match[1]);
  const figures = /^\s*(\d{1,12})(?:\s+(\d{1,12}))?\s*$/.exec(output);
  const place = files.indexOf(which);
  return figures === null || place < 0 ? undefined : figures[place + 1];
}
