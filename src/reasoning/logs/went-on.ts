/** How gravely a program means a line. Undefined: the line does not say. */
export type LineLevel = 'fatal' | 'error' | 'warning' | 'ordinary';

const levels: readonly (readonly [LineLevel, RegExp])[] = [
  [
    'fatal',
    /\b(?:FATAL|FATALE|CRITICAL|PANIC|EMERG|EMERGENCY)\b|"(?:level|severity)":\s?"(?:fatal|critical|panic|emergency)"|level=(?:fatal|panic|crit)|^panic:/,
  ],
  ['error', /\b(?:ERROR|ERR|SEVERE)\b|"(?:level|severity)":\s?"(?:err|error)"|level=(?:error|err)\b|\[error\]|^E\d{4} /],
  ['warning', /\bWARN(?:ING)?\b|"(?:level|severity)":\s?"warn(?:ing)?"|level=warn(?:ing)?\b|\[warn(?:ing)?\]|^W\d{4} /],
  [
    'ordinary',
    /\b(?:INFO|NOTICE|DEBUG|TRACE)\b|"(?:level|severity)":\s?"(?:info|notice|debug|trace)"|level=(?:info|debug|notice)\b|\[(?:info|notice|debug)\]|^I\d{4} /,
  ],
];

/** Levels stand at the beginning of a line; further on the word may be a part of what is told. */
const levelCharacters = 160;

export function levelOf(text: string): LineLevel | undefined {
  const head = text.slice(0, levelCharacters);
  return levels.find(([, says]) => says.test(head))?.[0];
}

/** A program on its way out, or one that still waits for what it complained of, has not gone on. */
const endsOrWaits =
  /shut|stop|exit|terminat|clos|abort|giv(?:e|ing) up|quit|signal|drain|clean(?:ing)?[- ]?up|retr(?:y|ied|ies)|attempt|wait|reconnect|back[- ]?off|sleep|fail|unhealthy|unavailable/i;
/** What a program says when it has come through its start, whatever its language. */
const cameUp =
  /\blistening (?:on|at)\b|\b(?:server|application|service|worker|app) (?:is )?(?:started|listening|ready|running)\b|\bstarted (?:in|on|\w+ in)\b|\bready to (?:accept|serve)\b|\b(?:now )?serving\b|\baccepting connections\b/i;

/**
 * How a complaint stands to the lines after it. "went-on": only a warning, and ordinary work follows, so that it is not why
 * anything ended. "came-up": graver or without a level, but the program came up after it.
 */
export function afterComplaint(complaint: string, later: readonly string[]): 'went-on' | 'came-up' | 'open' {
  const level = levelOf(complaint);
  if (level === 'fatal') return 'open';
  const isMild = level === 'warning' || level === 'ordinary';
  if (isMild && later.some((text) => levelOf(text) === 'ordinary' && !endsOrWaits.test(text))) return 'went-on';
  return later.some((text) => cameUp.test(text) && !endsOrWaits.test(text)) ? 'came-up' : 'open';
}
