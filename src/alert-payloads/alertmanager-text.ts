import type { Alert } from '../domain/alert.ts';
import { expressionInAddress, safeLabels, safeLine } from './safe-words.ts';

/** What Alertmanager's text template says of one alert. */
export interface TemplatedAlert extends Pick<Alert, 'labels' | 'expression'> {
  readonly summary: string | undefined;
}

/** A group of more alerts is a storm; its first ones tell enough. */
const mostBlocks = 100;

/**
 * Alertmanager's text list of alerts, which its PagerDuty integration sends as `details.firing`: blocks of "Labels:",
 * "Annotations:" and "Source:" with lines " - name = value". Empty: the text is not of that form.
 */
export function readAlertmanagerText(text: string): readonly TemplatedAlert[] {
  const blocks = text.split(/^Labels:[ \t]*$/m).slice(1, mostBlocks + 1);
  return blocks
    .map((block) => {
      const [labelPart = '', annotationPart = ''] = block.split(/^Annotations:[ \t]*$/m);
      const annotations = pairsIn(annotationPart);
      const source = /^Source:[ \t]*(\S+)/m.exec(block)?.[1];
      const summary = [annotations['summary'], annotations['message'], annotations['description']]
        .map(safeLine)
        .find((line) => line !== undefined);
      return { labels: safeLabels(pairsIn(labelPart)), summary, expression: expressionInAddress(source) };
    })
    .filter((alert) => Object.keys(alert.labels).length > 0);
}

function pairsIn(part: string): { readonly [name: string]: string } {
  const pairs = part.split('\n').flatMap((line) => {
    const pair = /^\s*-\s+([\w.\-/]+)\s+=\s?(.*)$/.exec(line);
    return pair?.[1] === undefined ? [] : [[pair[1], pair[2] ?? ''] as const];
  });
  return Object.fromEntries(pairs);
}
