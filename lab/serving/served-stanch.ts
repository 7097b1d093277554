import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { lookInside, type StanchEnd, startStanch } from '../acting/stanch-run.ts';
import { fillIn } from '../fill-in.ts';
import { kubeconfigPath, prometheusUrl, served, stanchTokenPath } from '../layout.ts';

export interface ServedStanch {
  /** Of the first administrator, as it was told when the server began. */
  readonly token: string;
  /** Asks the API as a program does. */
  readonly ask: <Answer>(path: string) => Promise<Answer>;
  /** When the reminders are due that wait in the store. */
  readonly remindersAt: () => readonly number[];
  /** In good order. Harmless where it has ended. */
  readonly stop: () => Promise<StanchEnd>;
}

export interface Setting {
  /** For the settings, secrets and database of this run. */
  readonly directory: string;
  readonly github: { readonly address: string; readonly token: string };
}

/** Starts the shipped program as the set-up guide says, with a database of its own and nothing that may run unasked. */
export async function startServed({ directory, github }: Setting): Promise<ServedStanch> {
  const place = (name: string): string => join(directory, name);
  const template = join(import.meta.dirname, 'server.yaml');
  const values = {
    STANCH: served.url,
    ALERTMANAGER_TOKEN: stanchTokenPath,
    GITHUB: github.address,
    GITHUB_TOKEN: place('github-token'),
  };
  await writeFile(place('github-token'), `${github.token}\n`, { mode: 0o600 });
  await writeFile(place('server.yaml'), fillIn(await readFile(template, 'utf8'), values, template), { mode: 0o600 });
  const run = startStanch([
    'serve',
    `--host=${served.host}`,
    `--port=${served.port}`,
    `--config=${place('server.yaml')}`,
    `--database=sqlite:${place('stanch.db')}`,
    `--kubeconfig=${kubeconfigPath}`,
    `--prometheus=${prometheusUrl}`,
    ...lookInside,
  ]);
  const stop = async (): Promise<StanchEnd> => {
    run.kill('SIGINT');
    return run.ended;
  };
  try {
    const [, token = ''] = await run.said(/first administrator\..*: (\S+)\n/);
    return {
      token,
      ask: (path) => askServed(path, token),
      remindersAt: () => remindersIn(place('stanch.db')),
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function askServed<Answer>(path: string, token: string): Promise<Answer> {
  const response = await fetch(`${served.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`Asked the server for ${path}, and it answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

function remindersIn(file: string): readonly number[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare("select run_at from job where kind = 'remind' and state = 'waiting'")
      .all()
      .map((row) => Number(row['run_at']));
  } finally {
    database.close();
  }
}
