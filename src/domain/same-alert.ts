import type { Alert } from './alert.ts';
import type { AlertFiring } from './evidence.ts';

type Labels = { readonly [name: string]: string };

/** True where no label that both have differs: then both can be about the same thing. */
export function areCompatible(left: Labels, right: Labels): boolean {
  return Object.entries(left).every(([name, value]) => right[name] === undefined || right[name] === value);
}

/** Words in common that make a rule's name and a sentence one alert: one may be chance ("rate", "error"), two hardly. */
const wordsInCommon = 2;

/**
 * True where the firing is one of this alert. A page that carries its rule's name must match it; one that is only a sentence,
 * as "payment-service 5xx rate > 5%", matches the rule whose name and labels share words with it.
 */
export function isFiringOf(alert: Pick<Alert, 'name' | 'summary' | 'labels'>, firing: Pick<AlertFiring, 'alert' | 'labels'>): boolean {
  if (!areCompatible(withoutName(alert.labels), withoutName(firing.labels))) return false;
  if (plain(firing.alert) === plain(alert.name)) return true;
  const isSentence = alert.labels['alertname'] === undefined && /\s/.test(alert.name.trim());
  if (!isSentence) return false;
  const said = wordsOf(`${alert.name} ${alert.summary}`);
  const named = wordsOf([firing.alert, ...Object.values(withoutName(firing.labels))].join(' '));
  return [...named].filter((word) => said.has(word)).length >= wordsInCommon;
}

function withoutName(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'alertname' && name !== 'alertstate'));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
}

/** "PaymentService5xxRateHigh" and "payment-service 5xx rate" both hold payment, service, 5xx and rate. */
function wordsOf(text: string): ReadonlySet<string> {
  const spaced = text
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .replace(/(\dxx)(?=[A-Z])/g, '$1 ')
    .toLowerCase();
  return new Set(spaced.split(/[^a-z0-9]+/).filter((word) => word.length > 2));
}
