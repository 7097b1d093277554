import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';

/** Keys and positions from the root to a value, as validation names it. */
export type YamlPath = readonly (string | number)[];

/** Finds the line on which a value, or the key in front of it, stands. */
export interface YamlLines {
  /** Counted from 1. Of the nearest enclosing value that is there. */
  readonly lineOf: (path: YamlPath) => number;
}

interface Open {
  readonly kind: 'mapping' | 'sequence';
  readonly path: YamlPath;
  count: number;
  /** In a mapping, where a key was read and its value is still to come. */
  key: string | undefined;
}

/** Reads what the parser saw. Only for one document without aliases. */
export function yamlLines(events: readonly Event[], source: string): YamlLines {
  const offsets = new Map<string, number>([['', 0]]);
  const stack: Open[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) stack.pop();
    if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.MAPPING && event.type !== EVENT_ID.SEQUENCE) continue;
    const parent = stack.at(-1);
    const isKey = parent?.kind === 'mapping' && parent.key === undefined;
    if (event.type === EVENT_ID.SCALAR && isKey) {
      parent.key = getScalarValue(source, event);
      // The key's own line is remembered: a value below it may begin lines further down.
      offsets.set(textOf([...parent.path, parent.key]), event.valueStart);
      continue;
    }
    const path = parent === undefined ? [] : [...parent.path, parent.key ?? parent.count];
    if (parent !== undefined) {
      parent.count += 1;
      parent.key = undefined;
    }
    const offset = event.type === EVENT_ID.SCALAR ? event.valueStart : event.start;
    if (!offsets.has(textOf(path))) offsets.set(textOf(path), offset);
    if (event.type !== EVENT_ID.SCALAR)
      stack.push({ kind: event.type === EVENT_ID.MAPPING ? 'mapping' : 'sequence', path, count: 0, key: undefined });
  }
  return {
    lineOf(path) {
      for (let length = path.length; length >= 0; length -= 1) {
        const offset = offsets.get(textOf(path.slice(0, length)));
        if (offset !== undefined) return source.slice(0, offset).split('\n').length;
      }
      return 1;
    },
  };
}

function textOf(path: YamlPath): string {
  return path.map((step) => `/${typeof step === 'number' ? '#' : ''}${step}`).join('');
}
