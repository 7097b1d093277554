import { spawn } from 'node:child_process';
import { plainText } from '../../domain/plain-text.ts';
import { redactText } from '../../domain/redaction.ts';
import type { ProgramOutcome } from '../../ports/pod-access.ts';
import type { NodeShell } from './node-shell.ts';

/** How the system's ssh is called. Keys, agents, jump hosts and hardware tokens are its business. */
export interface SshSettings {
  /** Absent: ssh's own configuration files. */
  readonly configPath?: string;
  /** Absent: as the configuration says. */
  readonly user?: string;
  readonly connectSeconds: number;
  /** After this the session is ended, whatever it is doing. */
  readonly totalMilliseconds: number;
  /** What a node sends beyond this is not read, and the session is ended. */
  readonly outputBytes: number;
}

export const usualSettings: SshSettings = { connectSeconds: 5, totalMilliseconds: 60_000, outputBytes: 8 * 1024 * 1024 };

/** Logs in to nodes by their names, as ssh_config resolves them. */
export function sshNodes(settings: SshSettings): NodeShell {
  return {
    run: (node, script, signal) => runOverSsh(node, script, settings, signal),
    ownMounts: [],
    runOnPodNetwork: undefined,
    close: () => Promise.resolve(),
  };
}

const hostName = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,252}$/;

/** Runs a fixed script on a host. Never throws, never asks a question, never takes longer than the settings allow. */
export async function runOverSsh(host: string, script: string, settings: SshSettings, signal: AbortSignal): Promise<ProgramOutcome> {
  if (!hostName.test(host)) return { state: 'failed', because: 'malformed', detail: 'the name of the node is no host name' };
  if (signal.aborted)
    return { state: 'failed', because: 'timed-out', detail: `ssh ${host} was not begun: the time for the investigation was used up` };
  const child = spawn('ssh', [...argumentsFor(settings), '--', host, 'sh', '-s'], { stdio: ['pipe', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    const kept: Buffer[] = [];
    const complaints: Buffer[] = [];
    let bytes = 0;
    let ending: 'cut' | 'time' | undefined;
    const end = (why: 'cut' | 'time'): void => {
      ending ??= why;
      child.kill('SIGKILL');
    };
    const onTime = (): void => end('time');
    const timer = setTimeout(onTime, settings.totalMilliseconds);
    signal.addEventListener('abort', onTime, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      if (bytes < settings.outputBytes) kept.push(chunk);
      bytes += chunk.length;
      if (bytes >= settings.outputBytes) end('cut');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      // ssh's own words come first; what a hostile node adds is not needed.
      if (complaints.length < 16) complaints.push(chunk.subarray(0, 4096));
    });
    // The node may close its side before the script is sent; the exit status tells that better.
    child.stdin.on('error', () => undefined);
    child.stdin.end(script);
    const settle = (outcome: ProgramOutcome): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onTime);
      resolve(outcome);
    };
    child.on('error', (cause: Error & { readonly code?: string }) =>
      settle({
        state: 'failed',
        because: 'not-configured',
        detail: cause.code === 'ENOENT' ? 'there is no ssh program on this machine' : `ssh could not be started: ${cause.message}`,
      }),
    );
    child.on('close', (status) => {
      const output = Buffer.concat(kept).subarray(0, settings.outputBytes).toString('utf8');
      if (ending === 'time' && output === '')
        settle({ state: 'failed', because: 'timed-out', detail: `ssh ${host} did not finish within its time` });
      else if (status === 255 && output === '') settle(refusal(host, Buffer.concat(complaints).toString('utf8')));
      else settle({ state: 'ran', output, bytes, isCut: ending !== undefined });
    });
  });
}

function argumentsFor({ configPath, user, connectSeconds }: SshSettings): readonly string[] {
  return [
    ...(configPath === undefined ? [] : ['-F', configPath]),
    '-T',
    '-x',
    '-a',
    ...[
      'BatchMode=yes',
      `ConnectTimeout=${connectSeconds}`,
      'ConnectionAttempts=1',
      'ServerAliveInterval=5',
      'ServerAliveCountMax=2',
      'ClearAllForwardings=yes',
      'PermitLocalCommand=no',
      'LogLevel=ERROR',
    ].flatMap((option) => ['-o', option]),
    ...(user === undefined ? [] : ['-l', user]),
  ];
}

/** ssh's reasons in the words of blind spots, with what would help. */
function refusal(host: string, said: string): ProgramOutcome {
  const words = redactText(plainText(said)).replace(/\s+/g, ' ').trim().slice(0, 300);
  const detail = (what: string, help: string): string => `ssh ${host}: ${what}${words === '' ? '' : ` (${words})`}; ${help}`;
  if (/host key verification failed|host identification has changed/i.test(words)) {
    return {
      state: 'failed',
      because: 'forbidden',
      detail: detail('the host key is not the known one, so nothing was sent', 'check who answers there, then mend known_hosts'),
    };
  }
  if (/permission denied|too many authentication failures/i.test(words))
    return { state: 'failed', because: 'forbidden', detail: detail('the login was refused', 'give a user and key that may log in') };
  if (/timed out/i.test(words))
    return { state: 'failed', because: 'timed-out', detail: detail('no answer', 'check the address and the way there') };
  if (/could not resolve/i.test(words))
    return {
      state: 'failed',
      because: 'unreachable',
      detail: detail('the name does not resolve', 'name the node in ssh_config with its HostName'),
    };
  return {
    state: 'failed',
    because: 'unreachable',
    detail: detail('no connection', 'check that sshd runs there and that the way is open'),
  };
}
