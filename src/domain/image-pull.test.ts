import { describe, expect, it } from 'vitest';
import { pullVerdict, registryOf, repositoryOf } from './image-pull.ts';

describe('why an image cannot be had', () => {
  it.each([
    ['failed to resolve reference "r.example/a:1": r.example/a:1: not found', 'not-found'],
    ['rpc error: code = NotFound desc = failed to pull and unpack image', 'not-found'],
    ['reading manifest 9 in docker.io/library/redis: manifest unknown: manifest unknown', 'not-found'],
    ['failed to resolve reference: unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 404 Not Found', 'not-found'],
    ['Failed to apply default image tag "Bad:Name": couldn\'t parse image name "Bad:Name": invalid reference format', 'invalid-name'],
    ['Container image "a:1" is not present with pull policy of Never', 'never-pulled'],
    [
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'denied-or-missing',
    ],
    ['denied: requested access to the resource is denied', 'denied-or-missing'],
    ['unauthorized: access to the requested resource is not authorized', 'denied-or-missing'],
    ['failed to authorize: failed to fetch oauth token: unexpected status from GET request: 401 Unauthorized', 'denied'],
    ['no basic auth credentials', 'denied'],
    [
      'failed to authorize: failed to fetch anonymous token: Get "https://auth.example/token": dial tcp: lookup auth.example: no such host',
      'unreachable',
    ],
    ['Head "https://r.example/v2/a/manifests/1": dial tcp 10.0.0.1:443: i/o timeout', 'unreachable'],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'unreachable'],
    ['http: server gave HTTP response to HTTPS client', 'unreachable'],
    ['received unexpected HTTP status: 503 Service Unavailable', 'unreachable'],
    ['429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit', 'rate-limited'],
    ['pull QPS exceeded', 'rate-limited'],
    ['no match for platform in manifest: not found', 'wrong-platform'],
    ['failed to copy: something nobody has seen before', 'untold'],
    ['', 'untold'],
  ])('%s: %s', (words, verdict) => {
    expect(pullVerdict(words)).toBe(verdict);
  });
});

describe('the parts of an image reference', () => {
  it.each([
    ['redis', 'docker.io', 'redis'],
    ['shop/cart:1.2', 'docker.io', 'shop/cart'],
    ['registry.example/shop/cart:1.2', 'registry.example', 'registry.example/shop/cart'],
    ['localhost:5000/cart', 'localhost:5000', 'localhost:5000/cart'],
    ['registry.example:5000/cart@sha256:0123', 'registry.example:5000', 'registry.example:5000/cart'],
  ])('%s', (image, registry, repository) => {
    expect([registryOf(image), repositoryOf(image)]).toEqual([registry, repository]);
  });
});
