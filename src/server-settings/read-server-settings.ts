import type { Secret } from '../domain/secret.ts';
import type { DeliverySettings, OpenIdSettings, ServerSettings } from '../domain/server-settings.ts';
import { parseStrictYaml } from '../strict-yaml/parse-strict-yaml.ts';
import { type FileFailure, readOwnedFile } from '../strict-yaml/read-owned-file.ts';
import { spokenProblems } from '../strict-yaml/yaml-problem.ts';
import type { WrittenDelivery } from './delivery-shape.ts';
import type { WrittenOpenId } from './open-id-shape.ts';
import { readSecret, type SecretReference } from './secret-reference.ts';
import { everyKey, leastSecretCharacters, settingsShape, type WrittenSettings } from './settings-shape.ts';

export type SettingsReading = { readonly state: 'read'; readonly settings: ServerSettings } | FileFailure;

type Variables = { readonly [name: string]: string | undefined };

/** Reads how a server is set up, and the secrets that the file names. Never throws, and no message holds a secret. */
export async function readServerSettings(path: string, variables: Variables): Promise<SettingsReading> {
  const read = await readOwnedFile(path, 'the server settings');
  if (read.state === 'failed') return read;
  const parsed = parseStrictYaml(read.text, { shape: settingsShape, everyKey, is: 'one server' });
  if (parsed.state === 'refused')
    return failed(path, spokenProblems(parsed.problems), 'Correct it; docs/server-settings.md names every key');
  const secrets = new SecretReader(variables);
  const settings = await resolved(parsed.value, secrets);
  const [problem, ...more] = secrets.problems;
  if (problem === undefined) return { state: 'read', settings };
  return failed(
    path,
    more.length === 0 ? problem : `${problem}; and ${more.length} more`,
    'Put the secret where the settings say that it is',
  );
}

function failed(path: string, happened: string, whatToDo: string): FileFailure {
  return { state: 'failed', attempted: `reading the server settings ${path}`, happened, whatToDo };
}

/** Collects what is wrong, so that everything can be told at once. */
class SecretReader {
  readonly problems: string[] = [];
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** `place`: for the message. */
  async read(reference: SecretReference, place: string): Promise<readonly Secret[]> {
    const reading = await readSecret(reference, this.#variables);
    if (reading.state === 'read') return [reading.secret];
    this.problems.push(`${place}: ${reading.because}`);
    return [];
  }

  /** An address that is itself the secret, as chats give them out. */
  async address(reference: SecretReference, place: string): Promise<readonly Secret[]> {
    const found = await this.read(reference, place);
    const isAddress = found.every((secret) => URL.canParse(secret.reveal()) && /^https?:$/.test(new URL(secret.reveal()).protocol));
    if (!isAddress) this.problems.push(`${place}: its address does not begin with https://`);
    return found;
  }

  async all(written: { readonly secrets: readonly SecretReference[] } | undefined, place: string): Promise<readonly Secret[]> {
    const found = (await Promise.all((written?.secrets ?? []).map((each) => this.read(each, place)))).flat();
    if (found.some((secret) => secret.reveal().length < leastSecretCharacters))
      this.problems.push(`${place}: a secret is shorter than ${leastSecretCharacters} characters, and can be guessed`);
    return found;
  }
}

async function resolved(written: WrittenSettings, secrets: SecretReader): Promise<ServerSettings> {
  const { publicAddress, timeZone, trustedProxies, metrics, openId, webhooks, deliveries } = written;
  return {
    publicAddress,
    timeZone,
    trustedProxies,
    metrics,
    openId: openId === undefined ? undefined : await openIdOf(openId, secrets),
    webhooks: {
      alertmanager: await secrets.all(webhooks.alertmanager, 'webhooks.alertmanager'),
      pagerDuty: await secrets.all(webhooks.pagerduty, 'webhooks.pagerduty'),
      page: await secrets.all(webhooks.page, 'webhooks.page'),
    },
    deliveries: (await Promise.all(deliveries.map((each) => delivery(each, secrets)))).flat(),
  };
}

async function openIdOf(written: WrittenOpenId, secrets: SecretReader): Promise<OpenIdSettings> {
  const [clientSecret] = written.clientSecret === undefined ? [] : await secrets.read(written.clientSecret, 'openId.clientSecret');
  return { ...written, clientSecret };
}

/** Empty where a secret is missing: then there is a problem to tell, and no settings to use. */
async function delivery(written: WrittenDelivery, secrets: SecretReader): Promise<readonly DeliverySettings[]> {
  const place = `deliveries ${written.name}`;
  switch (written.kind) {
    case 'slack':
      return (await secrets.address(written.address, place)).map((address) => ({ ...written, address }));
    case 'webhook': {
      const signs = written.signWith === undefined ? [] : await secrets.read(written.signWith, place);
      return (await secrets.address(written.address, place)).map((address) => ({ ...written, address, signWith: signs[0] }));
    }
    case 'github':
    case 'jira':
    case 'pagerduty': {
      const [token] = await secrets.read(written.token, place);
      return token === undefined ? [] : [{ ...written, token }];
    }
    case 'mail': {
      if (written.login === undefined) return [{ ...written, login: undefined }];
      const { user, password } = written.login;
      return (await secrets.read(password, place)).map((read) => ({ ...written, login: { user, password: read } }));
    }
  }
}
