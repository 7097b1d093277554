import { nodeCommands } from '../../domain/node-command.ts';
import { quoted } from '../../domain/shell-word.ts';

/** A command may take this long on the node; a hanging disk must not use up the time for all others. */
const commandSeconds = 10;
/** Of each command so much is sent: the largest rule listings of big clusters fit, a runaway journal does not. */
const commandBytes = 512 * 1024;

/** Lines that begin and end a command's output. The mark is new for each run, so that output cannot forge them. */
export function beginLine(mark: string, id: string): string {
  return `${mark} begin ${id}`;
}
export function endLine(mark: string): string {
  return `${mark} end`;
}

/**
 * One fixed text for a POSIX shell on the node, handed in on standard input, so that a single connection runs the whole
 * list. Nothing in it comes from a cluster. What a node does not have says so itself, with exit status 127.
 */
export function scriptFor(mark: string): string {
  const commands = nodeCommands.map(({ id, argv, needsRoot }) => {
    const words = argv.map(quoted).join(' ');
    const run = `timeout ${commandSeconds} ${needsRoot ? '$root ' : ''}${words}`;
    return [
      `printf '\\n%s\\n' ${quoted(beginLine(mark, id))}`,
      // The exit status goes around the pipe that bounds the output.
      `status=$( { { ${run} 2>&1 </dev/null; echo $? >&3; } | head -c ${commandBytes} >&4; } 3>&1 )`,
      `printf '\\n%s %s\\n' ${quoted(endLine(mark))} "$status"`,
    ].join('\n');
  });
  return ['LC_ALL=C; export LC_ALL', 'PATH=$PATH:/usr/sbin:/sbin:/usr/local/bin; export PATH', 'exec 4>&1', 'root=', '[ "$(id -u)" = 0 ] || root="sudo -n"', ...commands, ''].join('\n');
}

export interface Reach {
  readonly host: string;
  readonly port: number;
}

const address = /^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/;

/** True where host and port are what they claim to be; anything else is never sent to a node. */
export function isReachable({ host, port }: Reach): boolean {
  return address.test(host) && Number.isInteger(port) && port > 0 && port < 65_536;
}

/** How long an address may take to answer. A ClusterIP without rules is silent, so waiting longer tells nothing more. */
export const reachSeconds = 3;

/** Tries each address once from the node itself, with whatever the node has for it. */
export function reachScriptFor(mark: string, targets: readonly Reach[]): string {
  const tries = targets.filter(isReachable).map((target, index) => {
    const [host, port] = [quoted(target.host), String(target.port)];
    return [
      // Of the three, curl cannot tell refused from unreachable, so it comes last.
      `printf '\\n%s\\n' ${quoted(beginLine(mark, String(index)))}`,
      `if command -v nc >/dev/null 2>&1; then timeout ${reachSeconds + 1} nc -z -v -w ${reachSeconds} ${host} ${port} 2>&1 </dev/null`,
      `elif command -v bash >/dev/null 2>&1; then timeout ${reachSeconds} bash -c ${quoted(`exec 3<>/dev/tcp/${target.host}/${target.port}`)} 2>&1 </dev/null`,
      `elif command -v curl >/dev/null 2>&1; then curl --silent --show-error --connect-timeout ${reachSeconds} --max-time ${reachSeconds + 1} --output /dev/null telnet://${host}:${port} 2>&1 </dev/null`,
      `else (exit 127); fi`,
      `printf '\\n%s %s\\n' ${quoted(endLine(mark))} "$?"`,
    ].join('\n');
  });
  return ['LC_ALL=C; export LC_ALL', 'PATH=$PATH:/usr/sbin:/sbin; export PATH', ...tries, ''].join('\n');
}
