import type { ClueKind } from '../../domain/log-clue.ts';
import { levelOf } from './went-on.ts';
import type { Dialect } from './dialect.ts';
import { configurationDialects } from './dialects/configuration.ts';
import { languageDialects } from './dialects/languages.ts';
import { machineDialects, panicDialects } from './dialects/machine.ts';
import { networkDialects } from './dialects/network.ts';
import { peerOf } from './peer-of.ts';

export interface RecognisedLine {
  readonly kind: ClueKind;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly name: string | undefined;
  /** Where in the line the telling words begin, for shortening. */
  readonly offset: number;
}

/** Longer lines are dumps of data; what they mean stands at their beginning. */
const longestLine = 4000;

/** The order is the precedence: a line means the first thing that it says. */
const dialects: readonly Dialect[] = [
  ...networkDialects,
  ...configurationDialects,
  ...machineDialects,
  ...languageDialects,
  ...panicDialects,
];

/** Cheap words that every dialect's line holds at least one of; most lines of a log hold none. */
const suspicious =
  /refus|time[d]? ?-?out|deadline|reset|broken pipe|hang up|closed|unreachable|no route|resolv|host|ENOTFOUND|EAI_|NXDOMAIN|SERVFAIL|not known|lookup|auth|password|credential|denied|login|unauthorized|\b401\b|\b429\b|\b50[234]\b|NOAUTH|WRONGPASS|NOPERM|token|too many|connect|slots|pool|read[- ]?only|READONLY|primary|standby|certificate|x509|tls|ssl|PKIX|exec format|binary file|forbidden|cannot|can't|could not|couldn't|not found|no such|missing|required|requires|must|need|please|not set|not provided|not defined|not specified|undefined|NotPresent|unset|unbound|lack|empty|blank|placeholder|KeyError|config|setting|invalid|illegal|unknown|unrecogni|unexpected|unsupported|malformed|bad |directive|parse|parsing|yaml|json|toml|error|exception|fail|fatal|panic|in use|EADDRINUSE|space|disk|ENOSPC|EMFILE|ENFILE|memory|ENOMEM|bad_alloc|EROFS|EACCES|EPERM|permi|writable|ENOENT|does not exist|doesn't exist|migration|schema|segfault|SIGSEGV|core dumped|goroutine|Traceback|Uncaught|unhandled|overflow|rate|throttl|SlowDown|ECONN|EPIPE|EHOST|ENET|ETIMEDOUT|EOF|Unavailable|no response|wait|number of|ORA-|TNS:|LDAP|KRB5?|GSS|kinit|LOADING|MISCONF|available|authorized|grant|SIGKILL|signal|killed|upstream|gone away|statement|circuit|breaker|expired|contact point|convert|literal|parsing|SQLSTATE|existe|esiste|autentic|autoriz|authentification|fallit|falhou|conex|conness|rifiut|rehus|recus|sconosci|desconoc|permess|permis|demasiad|tropp|trop |lettura|lectura|leitura|Verbindung|Berechtigung|Anmeldung|Zugriff|Namens|Transaktion|kein/i;

/** Letters outside of English: in these languages the cheap words would be a list of their own. */
const beyondEnglish = /[\u00c0-\u024f\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff]/;

/** A request that was served, whatever its status: the trouble of a client, told by the server. */
const servedRequest = /"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT) [^"]{0,2000}HTTP\/[\d.]+"? \d{3}\b/;
/** Who came to the program was turned away or gave up: that is no trouble with anybody whom the program calls. */
const ofClient = /\bTLS handshake error from |\b(?:from|for|of) (?:the )?client (?:ip |address )?["'[]?\d{1,3}\.\d/i;
/** The program says itself that it does without. */
const doesWithout =
  /\b(?:continu(?:e|es|ing)|proceed(?:s|ing)?|go(?:es|ing) on|carry(?:ing)? on|start(?:s|ing)?|run(?:s|ning)?) (?:anyway|without|regardless)\b|\bwill (?:continue|proceed) (?:anyway|without)\b|\bfall(?:s|ing)? back (?:to|on)\b|\bnon-?fatal\b|\bnot fatal\b|\((?:ignored|ignoring|optional|non-critical)\)|[,;:] (?:ignoring|ignored|skipping)\b|\b(?:telemetry|tracing|metrics|profiling|reporting|caching|cache|analytics|exporter) (?:is |will be )?disabled\b|\bdisabling \w+/i;
/** Words for trouble that did not happen or is over. */
const harmless =
  /\b(?:no|without|0|zero) (?:errors?|failures?|timeouts?|panics?)\b|\b(?:errors?|failures?|timeouts?)[=:] ?0\b|"level":"(?:debug|trace)"|level=(?:debug|trace)\b|^\S{0,40} ?\[?(?:DEBUG|TRACE)\]?\b/;

export function recogniseLine(raw: string): RecognisedLine | undefined {
  const line = plainLine(raw);
  if (
    !(suspicious.test(line) || beyondEnglish.test(line)) ||
    servedRequest.test(line) ||
    ofClient.test(line) ||
    harmless.test(line) ||
    isDoneWithout(line)
  )
    return undefined;
  for (const dialect of dialects) {
    const match = dialect.says.exec(line);
    if (match === null) continue;
    const peer = dialect.hasPeer === true ? peerOf(line) : { host: undefined, port: portInUse(dialect, line) };
    return { kind: dialect.kind, ...peer, name: nameIn(match), offset: match.index };
  }
  return undefined;
}

/** What is fatal is not done without, whatever else the line says. */
function isDoneWithout(line: string): boolean {
  return doesWithout.test(line) && levelOf(line) !== 'fatal';
}

/** Logs in JSON escape the quotes and line ends of what they wrap. */
export function plainLine(raw: string): string {
  const line = raw.length > longestLine ? raw.slice(0, longestLine) : raw;
  return line.includes('\\') ? line.replace(/\\(["'])/g, '$1').replace(/\\[nrt]/g, ' ') : line;
}

function nameIn(match: RegExpExecArray): string | undefined {
  const name = Object.values(match.groups ?? {}).find((each) => each !== undefined && each !== '');
  return name?.replace(/[.,;:]+$/, '');
}

function portInUse(dialect: Dialect, line: string): number | undefined {
  if (dialect.kind !== 'port-in-use' && dialect.kind !== 'port-not-permitted') return undefined;
  const written = /(?::|[Pp]ort )(\d{2,5})\b(?!:\d)/.exec(line.replace(/\d\d:\d\d:\d\d/g, ''))?.[1];
  return written === undefined ? undefined : Number(written);
}
