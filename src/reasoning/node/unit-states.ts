import type { Instant } from '../../domain/instant.ts';
import type { UnitState } from '../../domain/node-report.ts';
import { agoMilliseconds, systemdTime } from './node-time.ts';

/** States of systemd units in what `systemctl status`, `show`, `is-active` or `list-units` printed. Empty: it is none of these. */
export function parseUnitStates(command: string, output: string, at: Instant): readonly UnitState[] {
  const lines = output.split('\n');
  const shown = fromStatus(lines, at);
  if (shown.length > 0) return shown;
  if (/^ActiveState=/m.test(output)) return fromShow(output, command, at);
  const listed = lines.flatMap(fromListing);
  return listed.length > 0 ? listed : fromIsActive(command, lines);
}

function fromStatus(lines: readonly string[], at: Instant): readonly UnitState[] {
  const states: UnitState[] = [];
  let unit: string | undefined;
  for (const line of lines) {
    unit = /^[●○×↻*x]? ?([\w@.:-]+)\.service(?: - |$)/.exec(line)?.[1] ?? unit;
    const active = /^ {2,12}Active: ([a-z-]+)(?: \(([^)]{1,60})\))?(.*)$/.exec(line);
    if (unit !== undefined && active !== null) states.push({ unit, ...activity(active[1] ?? '', active[2], active[3] ?? '', at) });
    const last = states.at(-1);
    if (last !== undefined) states[states.length - 1] = { ...last, ...fromJournalLine(line, last) };
  }
  return states;
}

function activity(state: string, inBrackets: string | undefined, rest: string, at: Instant): Omit<UnitState, 'unit'> {
  const result = /Result: ([\w-]+)/.exec(`${inBrackets ?? ''}${rest}`)?.[1];
  const since = systemdTime(rest) ?? before(at, agoMilliseconds(rest));
  const subState = inBrackets?.startsWith('Result:') === true ? undefined : inBrackets;
  return { state, subState, since, restarts: undefined, result: result === 'success' ? undefined : result };
}

/** `systemctl status` ends with the unit's latest journal lines, which say why it was restarted although it runs again. */
function fromJournalLine(line: string, unit: UnitState): Partial<UnitState> {
  if (!line.includes(`${unit.unit}.service: `)) return {};
  const result =
    /: Failed with result '([\w-]{1,30})'/.exec(line)?.[1] ?? (line.includes('killed by the OOM killer') ? 'oom-kill' : undefined);
  const counter = /restart counter is at (\d{1,9})/.exec(line)?.[1];
  return { ...(result === undefined ? {} : { result }), ...(counter === undefined ? {} : { restarts: Number(counter) }) };
}

function fromShow(output: string, command: string, at: Instant): readonly UnitState[] {
  return output.split(/\n\s*\n/).flatMap((block) => {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const),
    );
    const state = fields.get('ActiveState');
    const unit = (fields.get('Id') ?? fields.get('Names') ?? unitInCommand(command))?.replace(/\.service.*$/, '');
    if (state === undefined || state === '' || unit === undefined || fields.get('LoadState') === 'not-found') return [];
    const stamp = fields.get('ActiveEnterTimestamp') || fields.get('StateChangeTimestamp') || fields.get('ExecMainStartTimestamp');
    const restarts = fields.get('NRestarts');
    const result = fields.get('Result');
    return [
      {
        unit,
        state,
        subState: fields.get('SubState'),
        since: stamp === undefined ? undefined : (systemdTime(stamp) ?? before(at, agoMilliseconds(stamp))),
        restarts: restarts !== undefined && /^\d{1,9}$/.test(restarts) ? Number(restarts) : undefined,
        result: result === 'success' ? undefined : result,
      },
    ];
  });
}

function fromListing(line: string): readonly UnitState[] {
  const match = /^[● ]*([\w@.:-]+)\.service +loaded +(active|inactive|failed|activating|deactivating|reloading) +([\w-]+)/.exec(line);
  return match === null
    ? []
    : [{ unit: match[1] ?? '', state: match[2] ?? '', subState: match[3], since: undefined, restarts: undefined, result: undefined }];
}

function fromIsActive(command: string, lines: readonly string[]): readonly UnitState[] {
  const unit = unitInCommand(command);
  const word = lines.map((line) => line.trim()).find((line) => line !== '');
  const isState = word !== undefined && /^(active|inactive|failed|activating|deactivating|reloading)$/.test(word);
  return unit === undefined || !isState
    ? []
    : [{ unit, state: word, subState: undefined, since: undefined, restarts: undefined, result: undefined }];
}

function unitInCommand(command: string): string | undefined {
  const named = /(?:status|show|is-active|is-failed)\s+(?:-[^\s]+\s+)*([\w@.:-]+)/.exec(command)?.[1];
  return (named ?? /^(?:unit|systemd|service)[-_/ ]([\w@.-]+)$/.exec(command)?.[1])?.replace(/\.service$/, '');
}

function before(at: Instant, milliseconds: number | undefined): Instant | undefined {
  return milliseconds === undefined ? undefined : at - milliseconds;
}
