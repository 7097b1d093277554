import { apiServerHost } from '../../domain/cluster-host.ts';

/** Whom a line of a log speaks of. Absent: it does not say. */
export interface Peer {
  readonly host: string | undefined;
  readonly port: number | undefined;
}

const nobody: Peer = { host: undefined, port: undefined };

const name = '[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?\\.?';
const address = `(?:${name}|\\[[0-9A-Fa-f:.%]{2,60}\\])`;
const port = '(\\d{2,5})(?!\\d)';

/**
 * How libraries write a peer, most telling first. Group 1 is the host, group 2, where there is one, the port.
 * Every pattern is anchored on literal words, so that matching stays linear in the length of the line.
 */
const forms: readonly RegExp[] = [
  // Go's resolver: "lookup db.shop on 10.96.0.10:53: no such host". The server after "on" is not the peer.
  new RegExp(`\\blookup (${name})(?: on |:)`),
  // Sockets that know both ends: "read tcp 10.0.0.5:4242->10.96.1.7:5432". The far end is the peer.
  new RegExp(`->\\s?(${address}):${port}`),
  new RegExp(`\\b(?:ENOTFOUND|EAI_AGAIN) (${name})(?::${port})?`),
  new RegExp(`server at "(${name})"(?: \\([^)]{1,60}\\))?, port ${port}`),
  new RegExp(`host(?: ?name)? "?(${name})"?(?: \\([^)]{1,60}\\))? and accepting TCP/IP connections on port ${port}`),
  new RegExp(`host name "(${name})" to address`),
  // Oracle: "No listener at host db.example port 1521", "(ADDRESS=(PROTOCOL=tcp)(HOST=db)(PORT=1521))".
  new RegExp(`\\bat host (${name}) port ${port}`),
  new RegExp(`\\(HOST ?= ?(${name})\\)\\s?\\(PORT ?= ?${port}\\)`, 'i'),
  // Thrift: "<Host: user-service Port: 9090>".
  new RegExp(`\\bHost: (${name}),? Port: ${port}`),
  new RegExp(`host=['"](${name})['"], port=${port}`),
  // asyncio: "[Errno 111] Connect call failed ('10.0.0.1', 5672)".
  new RegExp(`Connect call failed \\(['"](${name}|[0-9A-Fa-f:]{2,60})['"], ${port}`),
  new RegExp(`\\bhost=['"]?(${name})['"]? port=['"]?${port}`),
  new RegExp(`\\bfor ['"](${name})['"] port ${port}`),
  new RegExp(`\\bto (?:host )?['"]?(${name})['"]?,? \\(?port:? ${port}`),
  new RegExp(`\\baddress: ['"](${name}|[0-9A-Fa-f:]{2,60})['"],\\s*port: ${port}`),
  new RegExp(`MySQL server (?:host|on) '(${name})(?::${port})?'`),
  new RegExp(
    `\\b(?:resolve host|resolve|not found in upstream|bad address|unable to resolve host address|can't find)[:,]? ['"]?(${name})(?::${port})?['"]?`,
    'i',
  ),
  new RegExp(`UnknownHost(?:Exception|Error)?:? (${name})`),
  new RegExp(`remote host \\((${name})\\)`),
  // librdkafka names the broker as its configuration does, and then the address that it tried.
  new RegExp(`\\b(${name}):${port}/(?:bootstrap|\\d{1,10}): `),
  new RegExp(`\\bipv[46][:#](?:%5B)?\\[?([0-9A-Fa-f:.]{2,60}?)\\]?(?:%5D)?:${port}`),
  new RegExp(`\\b[a-z][a-z0-9+.-]{1,20}://(?:[^\\s/@'"]{0,200}@)?(${address})(?::${port})?`, 'i'),
  // Java prints "name/address:port"; the name is what the configuration says.
  new RegExp(`\\b(${name})/(?:\\d{1,3}(?:\\.\\d{1,3}){3}|<unresolved>):${port}`),
  new RegExp(`(?:^|[\\s('"=@/,<])(${address}):${port}`),
];

/** Endings that make "main.go:123" a place in a program and not a peer. */
const sourceFile =
  /\.(?:go|py|m?[jt]sx?|cjs|java|rb|rs|php|cs|cc?|cpp|hpp?|kt|scala|exs?|erl|conf|ya?ml|json|lua|sh|sql|log|html?|toml|ini|xml|pl|swift|clj)$/i;
const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]', '*']);

/**
 * Sentences that the API server answers to every client, or that client-go puts around its answers, whichever program prints
 * them. What etcd says reaches a client through the API server alone.
 */
const saidByApiServer =
  /\betcdserver: |the server has (?:asked for the client to provide credentials|received too many requests and has asked us to try again later)|the server was unable to return a response in the time allotted|(?:failed to (?:list|watch) \*?[\w.]{1,80}|error retrieving resource lock [^\s:]{1,200}): Unauthorized/;

/** Where the reader is sent for an explanation is not whom the program called. */
const readingMatter =
  /\b(?:see|learn more|more (?:info|information|details)|visit|refer to|documentation)\b[^"'/]{0,60}https?:\/\/[^\s"']{1,300}/gi;

const timeStamp = /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/g;

/** The first peer that the line names in a form that a known library writes. */
export function peerOf(line: string): Peer {
  if (saidByApiServer.test(line)) return { host: apiServerHost, port: undefined };
  // "2026-03-01T02:45" looks like a host and a port.
  const timeless = line.replace(timeStamp, ' ').replace(readingMatter, ' ');
  for (const form of forms) {
    const match = form.exec(timeless);
    const host = match?.[1] === undefined ? undefined : hostOf(match[1]);
    if (host !== undefined) return { host, port: portOf(match?.[2]) };
  }
  return nobody;
}

/** Absent: not something that can be called. */
function hostOf(written: string): string | undefined {
  const host = written.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
  // A bare number is a time, a line or a count.
  if (!isAddress && !/[A-Za-z]/.test(host)) return undefined;
  return sourceFile.test(host) || everywhere.has(host) ? undefined : host;
}

function portOf(written: string | undefined): number | undefined {
  const number = Number(written);
  return written === undefined || number < 1 || number > 65_535 ? undefined : number;
}
