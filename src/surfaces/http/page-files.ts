import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { withHead } from './with-head.ts';

interface PageFile {
  readonly bytes: Buffer;
  /** Undefined: it would not become smaller. */
  readonly compressed: Buffer | undefined;
  readonly type: string;
  readonly mark: string;
  /** True: its name changes with its content. */
  readonly isLasting: boolean;
}

/** By path in the address: "/assets/index-3f2a.js". */
export type PageFiles = ReadonlyMap<string, PageFile>;

const types: { readonly [ending: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** A built page is far below; what is larger is another folder. */
const mostFiles = 500;
const compress = promisify(gzip);

/** Reads the built page whole, once: afterwards no path from outside reaches the file system. Throws where the folder cannot be read. */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((each) => each.isFile() && types[extname(each.name)] !== undefined);
  if (files.length > mostFiles) throw new Error(`${folder} holds ${files.length} files, which is more than a built page has`);
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [
      `/${path
        .slice(folder.length)
        .replace(/^[/\\]+/, '')
        .replaceAll('\\', '/')}`,
      await pageFile(path),
    ] as const;
  });
  return new Map(await Promise.all(read));
}

async function pageFile(path: string): Promise<PageFile> {
  const bytes = await readFile(path);
  const compressed = await compress(bytes, { level: 9 });
  return {
    bytes,
    compressed: compressed.length < bytes.length ? compressed : undefined,
    type: types[extname(path)] ?? 'application/octet-stream',
    mark: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    isLasting: /[\\/]assets[\\/][^\\/]+-[\w-]{8,}\.\w+$/.test(path),
  };
}

const noPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Stanch</title></head>
<body><h1>Stanch</h1><p>This server has no page built in. Its API is described at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></body></html>
`;

const forPrograms = /^\/(api|webhooks|mcp|metrics|healthz|readyz)(\/|$)/;

/** The page at "/", and below it whatever address it gives itself. */
export function addPageRoutes(server: FastifyInstance, files: PageFiles | undefined): void {
  const index = files?.get('/index.html');
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const file = files?.get(path);
    if (file !== undefined) return sendFile(file, { request, reply });
    // An address of the page itself, such as that of an incident; what looks like a file and is none is missing.
    if (index !== undefined && extname(path) === '' && !forPrograms.test(path)) return sendFile(index, { request, reply });
    if (path === '/') return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(noPage);
    reply.callNotFound();
    return reply;
  };
  server.get('/', withHead, answer);
  server.get('/*', withHead, answer);
}

function sendFile(file: PageFile, { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply }): FastifyReply {
  const { bytes, compressed, type, mark, isLasting } = file;
  void reply
    .type(type)
    .header('etag', mark)
    .header('vary', 'accept-encoding')
    .header('cache-control', isLasting ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === mark) return reply.code(304).send();
  const takesGzip = /(^|[\s,])gzip\b(?!;q=0(?:\.0+)?(?:$|[\s,]))/.test(String(request.headers['accept-encoding'] ?? ''));
  if (compressed === undefined || !takesGzip) return reply.send(bytes);
  return reply.header('content-encoding', 'gzip').send(compressed);
}
