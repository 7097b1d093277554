import { camelCase } from './indexes.ts';

interface KindOfFile {
  readonly example: string;
  /** The names that can be given. */
  readonly name: RegExp;
  readonly pathOf: (name: string) => string;
}

const words = '[a-z0-9]+(-[a-z0-9]+)*';

/** What can be begun from a template. */
export const kinds = {
  'failure-mode': {
    example: 'network/my-failure-mode',
    name: new RegExp(`^${words}/${words}$`),
    pathOf: (name) => `src/catalogue/${name}.ts`,
  },
  mitigation: { example: 'my-mitigation', name: new RegExp(`^${words}$`), pathOf: (name) => `src/mitigations/${name}.ts` },
  'guard-rail': { example: 'my-guard-rail', name: new RegExp(`^${words}$`), pathOf: (name) => `src/guard-rails/${name}.ts` },
  operation: { example: 'do-something', name: new RegExp(`^${words}$`), pathOf: (name) => `src/engine/operations/${name}.ts` },
  source: { example: 'my-source', name: new RegExp(`^${words}$`), pathOf: (name) => `src/evidence-sources/${name}/${name}.ts` },
} as const satisfies { readonly [kind: string]: KindOfFile };

export type Kind = keyof typeof kinds;

export type NewFile =
  | { readonly state: 'made'; readonly path: string; readonly text: string }
  | { readonly state: 'refused'; readonly because: string };

/** A template with its placeholders replaced, and where it belongs. */
export function newFile({ kind, name, template }: { readonly kind: Kind; readonly name: string; readonly template: string }): NewFile {
  const definition: KindOfFile = kinds[kind];
  if (!definition.name.test(name)) {
    return {
      state: 'refused',
      because: `"${name}" does not name a ${kind}: words in lower case joined by hyphens, as in ${definition.example}.`,
    };
  }
  const path = definition.pathOf(name);
  const id = name.replace(/^.*[/]/, '');
  const upToSource = '../'.repeat(path.split('/').length - 2);
  const text = template.replaceAll('placeholder-id', id).replaceAll('placeholderName', camelCase(id)).replaceAll('../../src/', upToSource);
  return { state: 'made', path, text };
}

/** Lines that still wait for somebody's words, with what belongs there: "src/x.ts:3: fill in the title". */
export function unfilled(path: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const found = /FILL IN:? ?([^'"`]*)/.exec(line);
    return found === null ? [] : [`${path}:${index + 1}: fill in ${found[1]?.trim() ?? ''}`];
  });
}
