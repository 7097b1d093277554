import type { Alert } from '../domain/alert.ts';

/** A title without the state and severity that notifiers put before it: "[FIRING:2] Errors", "RESOLVED: Errors". */
export interface Title extends Pick<Alert, 'state' | 'severity'> {
  readonly name: string;
}

const states: ReadonlyMap<string, Alert['state']> = new Map([
  ['firing', 'firing'],
  ['triggered', 'firing'],
  ['alerting', 'firing'],
  ['problem', 'firing'],
  ['resolved', 'resolved'],
  ['ok', 'resolved'],
  ['recovered', 'resolved'],
  ['closed', 'resolved'],
]);
const severities = /^(critical|crit|warning|warn|info|page|error|emergency|major|minor|high|low|p[1-5]|sev-?[1-5])$/i;

export function readTitle(line: string): Title {
  let name = line.trim();
  let state: Alert['state'] = 'firing';
  let severity: string | undefined;
  for (;;) {
    const tag =
      /^\[([A-Za-z0-9-]{1,20})(?::\d+)?\]\s*/.exec(name) ??
      /^([A-Z][A-Z0-9-]{1,19})(?::\d+)?:\s+/.exec(name) ??
      /^(Firing|Resolved|Critical|Warning):\s+/.exec(name);
    const word = tag?.[1]?.toLowerCase();
    if (tag === null || word === undefined) break;
    const isSeverity = severities.test(word);
    const tagged = states.get(word);
    if (tagged === undefined && !isSeverity) break;
    state = tagged ?? state;
    severity = isSeverity ? word.replace('-', '') : severity;
    name = name.slice(tag[0].length);
  }
  return { name: name === '' ? line.trim() : name, state, severity };
}
