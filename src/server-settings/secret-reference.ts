import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Secret } from '../domain/secret.ts';

/** Where a secret is: never itself, because settings are kept in repositories. */
export const secretReference = z
  .strictObject({
    file: z.string().min(1).max(4096).optional(),
    environment: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'it should be the name of a variable, for example STANCH_SECRET')
      .optional(),
  })
  .refine(({ file, environment }) => (file === undefined) !== (environment === undefined), 'give either file or environment');
export type SecretReference = z.output<typeof secretReference>;

export type SecretReading =
  | { readonly state: 'read'; readonly secret: Secret }
  | { readonly state: 'unreadable'; readonly because: string };

const longestSecretBytes = 64 * 1024;

/** The line end that editors and `kubectl create secret` leave behind is no part of it. */
export async function readSecret(
  { file, environment = '' }: SecretReference,
  variables: { readonly [name: string]: string | undefined },
): Promise<SecretReading> {
  const place = file === undefined ? `the variable ${environment}` : `the file ${file}`;
  const found = file === undefined ? variables[environment] : await contentOf(file);
  if (found === undefined) return { state: 'unreadable', because: `${place} is not set` };
  if (found instanceof Error) return { state: 'unreadable', because: `${place} could not be read (${codeOf(found)})` };
  const value = found.replace(/\r?\n$/, '');
  if (value.trim() === '') return { state: 'unreadable', because: `${place} is empty` };
  if (value.length > longestSecretBytes) return { state: 'unreadable', because: `${place} is too large for a secret` };
  return { state: 'read', secret: new Secret(value) };
}

async function contentOf(file: string): Promise<string | Error> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The whole message would repeat the path. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
