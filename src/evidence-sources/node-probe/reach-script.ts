import type { ConnectivityProbe } from '../../domain/evidence.ts';
import { quoted } from '../../domain/shell-word.ts';
import { beginLine, endLine } from './remote-script.ts';

export interface Reach {
  readonly host: string;
  readonly port: number;
}

const address = /^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/;

/** True where host and port are what they claim to be; anything else is never sent anywhere. */
export function isReachable({ host, port }: Reach): boolean {
  return address.test(host) && Number.isInteger(port) && port > 0 && port < 65_536;
}

/** How long an address may take to answer. A ClusterIP without rules is silent, so waiting longer tells nothing more. */
const reachSeconds = 3;
/** So many tries at once fit into the memory of a small container; all waves together end well within the time of the command. */
const mostAtOnce = 24;
/** A program that connected and waits for a word is stopped after this; one that did not has said so before. */
const patienceSeconds = 5;

/**
 * What can try a connection, with how a shell finds out that it is there and how it is called. What costs least memory
 * comes first, because it counts against the container's limit; those that cannot tell every outcome come last.
 */
const tools = [
  {
    name: 'nc',
    isThere: `case "$(nc -h 2>&1 </dev/null)" in *-*z*) ;; *) false ;; esac`,
    call: `nc -z -v -w ${reachSeconds} "$host" "$port"`,
  },
  { name: 'bash', isThere: 'command -v bash', call: `bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port"` },
  {
    name: 'curl',
    isThere: 'command -v curl',
    call: `curl --verbose --silent --show-error --connect-timeout ${reachSeconds} --max-time ${reachSeconds + 1} --output /dev/null "telnet://$bracketed:$port"`,
  },
  {
    name: 'perl',
    isThere: 'command -v perl',
    call: `perl -MIO::Socket::INET -e 'exit(0) if IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1],Timeout=>${reachSeconds}); print "$@ $!"; exit 1' "$host" "$port"`,
  },
  { name: 'plain-nc', isThere: 'command -v nc', call: `nc -w ${reachSeconds} "$host" "$port"` },
  { name: 'wget', isThere: 'command -v wget', call: `wget -T ${reachSeconds} -O /dev/null "http://$bracketed:$port/"` },
  { name: 'python3', isThere: 'command -v python3', call: pythonCall('python3') },
  { name: 'python', isThere: 'command -v python', call: pythonCall('python') },
  {
    name: 'node',
    isThere: 'command -v node',
    call: `node -e 'const s=require("net").connect({host:process.argv[1],port:+process.argv[2]});s.setTimeout(${reachSeconds}000,()=>{console.log("timed out");process.exit(1)});s.on("connect",()=>process.exit(0));s.on("error",e=>{console.log(e.message);process.exit(1)})' "$host" "$port"`,
  },
] as const;
export type ReachTool = (typeof tools)[number]['name'];

function pythonCall(program: string): string {
  return `${program} -c 'import socket,sys\nsocket.create_connection((sys.argv[1],int(sys.argv[2])),${reachSeconds})' "$host" "$port"`;
}

/**
 * One text for a POSIX shell that tries the targets with whatever is there, many at once, and then ends. It needs no program
 * but the one that connects: containers often have neither "timeout" nor "head".
 */
export function reachScriptFor(mark: string, targets: readonly Reach[]): string {
  const choose = tools.map(({ name, isThere }, index) => `${index === 0 ? 'if' : 'elif'} ${isThere} >/dev/null 2>&1; then tool=${name}`);
  const call = tools.map(({ name, call: line }) => `    ${name}) exec ${line} ;;`);
  const tries = targets.flatMap((target, index) => [
    ...(index > 0 && index % mostAtOnce === 0 ? ['wait'] : []),
    ...(isReachable(target) ? [`try ${index} ${quoted(target.host)} ${target.port} &`] : []),
  ]);
  return [
    // A proxy would answer in the target's place.
    'unset http_proxy HTTP_PROXY all_proxy ALL_PROXY',
    'LC_ALL=C; export LC_ALL',
    'PATH=$PATH:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH',
    ...choose,
    'else tool=; fi',
    'connect() {',
    '  case $tool in',
    ...call,
    '    *) return 127 ;;',
    '  esac',
    '}',
    // A pod's own "timeout" may be missing, so a second process watches the first.
    'bounded() {',
    '  connect 2>&1 </dev/null &',
    '  connecting=$!',
    `  { sleep ${patienceSeconds}; kill "$connecting"; } >/dev/null 2>&1 &`,
    '  watching=$!',
    '  wait "$connecting"; status=$?',
    '  kill "$watching" 2>/dev/null',
    '  return "$status"',
    '}',
    'try() {',
    '  number=$1 host=$2 port=$3 bracketed=$2',
    '  case $host in *:*) bracketed="[$host]" ;; esac',
    '  said=$(bounded); status=$?',
    // One write for each, short enough that the tries cannot mix.
    `  printf '\\n%s%s %s\\n%.800s\\n%s %s\\n' ${quoted(beginLine(mark, ''))} "$number" "$tool" "$said" ${quoted(endLine(mark))} "$status"`,
    '}',
    ...tries,
    'wait',
    'exit 0',
    '',
  ].join('\n');
}

/** What a try says. Undefined: it does not tell whether there was a connection. */
export function reachOutcome(tool: string, exitStatus: number | undefined, output: string): ConnectivityProbe['outcome'] | undefined {
  if (exitStatus === undefined || exitStatus === 127 || tool === '') return undefined;
  if (/refused/i.test(output)) return 'refused';
  if (
    /(could not resolve|name or service not known|name does not resolve|bad address|getaddrinfo|bad hostname|name resolution|nodename nor servname|unknown host)/i.test(
      output,
    )
  )
    return 'name-not-resolved';
  if (/(no route to host|unreachable|EHOSTUNREACH|ENETUNREACH)/i.test(output)) return 'unreachable';
  if (exitStatus === 0) return 'connected';
  if (tool === 'curl') return curlOutcome(exitStatus, output);
  if (tool === 'wget') return wgetOutcome(output);
  if (/(timed out|timeout|operation in progress)/i.test(output)) return 'timed-out';
  // These end by themselves before the watcher does, unless they are connected and wait for a word; bash has no clock of its own.
  if (isStopped(exitStatus)) return tool === 'bash' ? 'timed-out' : tool === 'plain-nc' ? 'connected' : undefined;
  return /reset by peer/i.test(output) ? 'rejected' : 'failed';
}

/** Ended by the watcher's signal. */
function isStopped(exitStatus: number): boolean {
  return exitStatus === 143 || exitStatus === 137;
}

/** With a telnet address curl keeps an open connection until its time is over: connected, and silent. */
function curlOutcome(exitStatus: number, output: string): ConnectivityProbe['outcome'] | undefined {
  if (/^\* (Connected|Established connection) to/m.test(output)) return 'connected';
  if (exitStatus === 28) return 'timed-out';
  return isStopped(exitStatus) || exitStatus === 1 || exitStatus === 2 ? undefined : 'failed';
}

/** wget only speaks HTTP and gives the same words for "no connection" and "no answer": then it tells nothing. */
function wgetOutcome(output: string): ConnectivityProbe['outcome'] | undefined {
  if (
    /(connected\.|server returned error|error getting response|HTTP\/\d|bad header|no data received|HTTP request sent|saved|written to)/i.test(
      output,
    )
  )
    return 'connected';
  return /(failed|connect)[^\n]*(connection timed out|operation timed out)/i.test(output) ? 'timed-out' : undefined;
}
