/** Four characters of JSON are about one token. */
const charactersPerToken = 4;
const mostTokens = 4000;
/** For the sentence that says where the rest is. */
const noteCharacters = 600;
const budgetCharacters = mostTokens * charactersPerToken - noteCharacters;

/** What is kept of each list and of each text, more and more narrowly. */
const steps: readonly (readonly [items: number, characters: number])[] = [
  [Infinity, Infinity],
  [100, 4000],
  [50, 2000],
  [25, 1000],
  [12, 600],
  [8, 400],
  [5, 250],
  [3, 150],
  [2, 80],
  [1, 40],
];

export interface Fitted {
  readonly text: string;
  /** True: something is left out. */
  readonly isCut: boolean;
}

/** The value as JSON that an assistant can hold beside everything else that it holds. Lists and texts say what they left out. */
export function withinBudget(value: unknown): Fitted {
  let text = '';
  for (const [items, characters] of steps) {
    text = JSON.stringify(shortened(value, items, characters), undefined, 1);
    if (text.length <= budgetCharacters) return { text, isCut: items !== Infinity };
  }
  return { text: `${text.slice(0, budgetCharacters)}…`, isCut: true };
}

function shortened(value: unknown, items: number, characters: number): unknown {
  if (typeof value === 'string')
    return value.length > characters ? `${value.slice(0, characters)}… (${value.length - characters} more characters)` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const kept: unknown[] = value.slice(0, items).map((each) => shortened(each, items, characters));
    return value.length > items ? [...kept, `… ${value.length - items} more`] : kept;
  }
  const fields = Object.entries(value);
  // What has a fixed form has few fields; only what is named by its content, such as evidence, is a list in disguise.
  const most = Math.max(items, 40);
  const kept = fields.slice(0, most).map(([name, each]) => [name, shortened(each, items, characters)] as const);
  return Object.fromEntries(fields.length > most ? [...kept, ['…', `${fields.length - most} more`] as const] : kept);
}
