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
 * list; it ends by itself, because not every way in can close standard input. Nothing in it comes from a cluster. What a
 * node does not have says so itself, with exit status 127.
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
  return [
    'LC_ALL=C; export LC_ALL',
    'PATH=$PATH:/usr/sbin:/sbin:/usr/local/bin; export PATH',
    'exec 4>&1',
    'root=',
    '[ "$(id -u)" = 0 ] || root="sudo -n"',
    ...commands,
    'exit 0',
    '',
  ].join('\n');
}
