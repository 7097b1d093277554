import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const builtPage = fileURLToPath(new URL('../../dist/web/', import.meta.url));

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** As strict as a policy can be for this page: nothing inline, nothing from anywhere else. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** A path without a file is a page of the application, which finds its own way. */
export function sendBuiltFile(path: string, response: ServerResponse): void {
  const name =
    /^[/](assets[/])?[\w-]+([.][\w-]+)+$/.test(path) && existsSync(`${builtPage}${path.slice(1)}`) ? path.slice(1) : 'index.html';
  response.writeHead(200, {
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
  });
  response.end(readFileSync(`${builtPage}${name}`));
}
