import * as client from 'openid-client';
import type { Instant } from '../../domain/instant.ts';
import { millisecondsPerHour, millisecondsPerSecond } from '../../domain/instant.ts';
import type { OpenIdSettings } from '../../domain/server-settings.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OpenIdProvider, OpenIdRefusal } from '../../ports/open-id-provider.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { personIn } from './person-in.ts';
import { refusalOf } from './refusal-of.ts';

export interface OpenIdConnect {
  readonly settings: OpenIdSettings;
  /** Where the provider sends browsers back to, as it is registered there. */
  readonly callback: string;
  readonly clock: Clock;
  /** For each answer of the provider. Absent: 10 s. */
  readonly patienceMilliseconds?: number;
}

const usualPatienceMilliseconds = 10 * millisecondsPerSecond;
/** Providers move their endpoints rarely, and announce it. */
const keptMilliseconds = millisecondsPerHour;
/** A provider that is down is not asked again for everybody who tries. */
const failureKeptMilliseconds = 5 * millisecondsPerSecond;

type Found = { readonly state: 'found'; readonly config: client.Configuration } | OpenIdRefusal;

/** Authorisation code flow with PKCE, state, nonce, and an ID token whose signature is checked. Asks nothing before somebody signs in. */
export function openIdConnect({
  settings,
  callback,
  clock,
  patienceMilliseconds = usualPatienceMilliseconds,
}: OpenIdConnect): OpenIdProvider {
  let kept: { readonly until: Instant; readonly found: Promise<Found> } | undefined;
  const discovered = async (): Promise<Found> => {
    const now = clock.now();
    if (kept === undefined || now >= kept.until) {
      const found = discover(settings, patienceMilliseconds);
      kept = { until: now + keptMilliseconds, found };
      const mine = kept;
      const { state } = await found;
      if (state === 'refused' && kept === mine) kept = { until: clock.now() + failureKeptMilliseconds, found };
    }
    return kept.found;
  };
  return {
    name: settings.name,
    async begin() {
      const provider = await discovered();
      if (provider.state === 'refused') return provider;
      const attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
      const address = client.buildAuthorizationUrl(provider.config, {
        redirect_uri: callback,
        response_type: 'code',
        scope: settings.scopes.join(' '),
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { state: 'begun', address: address.href, attempt };
    },
    async finish(query, { state, nonce, verifier }) {
      const provider = await discovered();
      if (provider.state === 'refused') return provider;
      try {
        const tokens = await client.authorizationCodeGrant(provider.config, new URL(`${callback}${query}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return personIn(tokens.claims() ?? {}, settings);
      } catch (problem) {
        return refusalOf(problem, `signing somebody in with ${settings.issuer}`);
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OpenIdSettings, patienceMilliseconds: number): Promise<Found> {
  const secret = clientSecret?.reveal();
  const isPlain = issuer.startsWith('http:');
  try {
    const config = await client.discovery(new URL(issuer), clientId, undefined, secret === undefined ? client.None() : provenBy(secret), {
      // Without this the signature would be trusted because the token came from where it should.
      execute: [client.enableNonRepudiationChecks, ...(isPlain ? [client.allowInsecureRequests] : [])],
      [client.customFetch]: guardedFetch(issuer, patienceMilliseconds),
      timeout: Math.ceil(patienceMilliseconds / millisecondsPerSecond),
    });
    return { state: 'found', config };
  } catch (problem) {
    const refusal = refusalOf(problem, `asking ${issuer} how it signs people in`);
    // Nobody has signed in yet: what came is no provider, or another one.
    return refusal.problem === 'unreachable' ? refusal : { ...refusal, problem: 'misconfigured' };
  }
}

/** In the body where the provider takes it there: fewer of them mistake a secret with signs in it. Otherwise as every provider has to take it. */
function provenBy(secret: string): client.ClientAuth {
  const [inBody, inHeader] = [client.ClientSecretPost(secret), client.ClientSecretBasic(secret)];
  return (provider, ...rest) =>
    (provider.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true ? inBody : inHeader)(provider, ...rest);
}
