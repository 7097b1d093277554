import type { Alert } from '../domain/alert.ts';
import { parseInstant } from '../domain/instant.ts';
import { readAlertmanagerText } from './alertmanager-text.ts';
import { safeLabels, safeLine } from './safe-words.ts';
import { readTitle } from './title.ts';

/** "payment-service 5xx rate > 5% for 3 minutes", as a pager shows it. Undefined: no words in it. */
export function readDescription(text: string): Alert | undefined {
  const firstLine = safeLine(text.split('\n').find((line) => line.trim() !== ''));
  const whole = safeLine(text);
  if (firstLine === undefined || whole === undefined || !/[\p{L}\p{N}]/u.test(firstLine)) return undefined;
  const [templated] = readAlertmanagerText(text);
  const title = readTitle(firstLine);
  const labels = { ...namespaceIn(text), ...safeLabels(Object.fromEntries(matchersIn(text))), ...templated?.labels };
  return {
    source: 'description',
    name: labels['alertname'] ?? title.name,
    summary: templated?.summary ?? readTitle(whole).name,
    labels,
    startedAt: parseInstant(/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/.exec(text)?.[0]),
    state: title.state,
    severity: (labels['severity'] ?? title.severity)?.toLowerCase(),
    expression: templated?.expression,
  };
}

/** name="value", as Prometheus and Alertmanager print labels. */
function matchersIn(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/(?<![\w.])([A-Za-z_]\w{0,60})="([^"\n]{0,300})"/g)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
}

const namespaceForms = [
  /\bnamespace\s*[:=]\s*["'`]?([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\b/,
  /\b(?:in|of|for|from) (?:the )?namespace ["'`]?([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\b/,
  /\b(?:in|of|for|from) (?:the )?["'`]?([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)["'`]? namespace\b/,
];
/** Words that stand where a name could, but are none. */
const noNames: ReadonlySet<string> = new Set([
  'a',
  'all',
  'an',
  'another',
  'any',
  'each',
  'every',
  'is',
  'its',
  'one',
  'our',
  'same',
  'that',
  'their',
  'this',
  'your',
]);

function namespaceIn(text: string): { readonly [name: string]: string } {
  const namespace = namespaceForms.map((form) => form.exec(text)?.[1]).find((name) => name !== undefined && !noNames.has(name));
  return namespace === undefined ? {} : { namespace };
}
