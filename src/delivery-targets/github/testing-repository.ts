import { isRecord } from '../../domain/shape.ts';
import type { Asked, Given } from '../testing-peer-server.ts';

export interface Issue {
  readonly html_url: string;
  readonly title?: string;
  readonly body: string | null;
  readonly labels?: readonly string[];
}

export interface Repository {
  /** "owner/name". */
  readonly name: string;
  readonly token: string;
  /** Of its web pages. */
  readonly webAddress: string;
  /** Oldest first. What is opened is added. */
  readonly issues: Issue[];
}

const apiVersion = '2022-11-28';
const longestTitleCharacters = 256;
const longestBodyCharacters = 65_536;
const longestLabelCharacters = 50;

/**
 * Lists and opens issues as GitHub's REST API documents it, and refuses what it refuses. Stricter in that it also refuses what
 * GitHub would overlook: parameters and fields that are not documented.
 */
export function answerAsGithub(repository: Repository, { method, path, headers, body }: Asked): Given {
  const { pathname, searchParams } = new URL(path, 'http://peer');
  if ((headers['user-agent'] ?? '') === '') return refusal(403, 'Request forbidden by administrative rules.');
  if (headers.authorization !== `Bearer ${repository.token}`) return refusal(401, 'Bad credentials');
  if (headers['x-github-api-version'] !== apiVersion) return refusal(400, 'The API version is not supported');
  if (headers.accept !== 'application/vnd.github+json') return refusal(415, "Unsupported 'Accept' header");
  if (pathname !== `/repos/${repository.name}/issues`) return refusal(404, 'Not Found');
  if (method === 'GET') return list(repository, searchParams);
  if (method !== 'POST' || searchParams.size > 0) return refusal(404, 'Not Found');
  if (headers['content-type'] !== 'application/json') return refusal(415, 'The body is not JSON');
  return open(repository, body);
}

function refusal(status: number, message: string): Given {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest' } };
}

const listParameters: { readonly [name: string]: RegExp } = {
  state: /^(open|closed|all)$/,
  sort: /^(created|updated|comments)$/,
  direction: /^(asc|desc)$/,
  per_page: /^([1-9]\d?|100)$/,
  page: /^[1-9]\d*$/,
};

function list({ issues }: Repository, asked: URLSearchParams): Given {
  for (const [name, value] of asked)
    if (listParameters[name]?.test(value) !== true) return refusal(422, `Validation Failed: ${name}=${value}`);
  // Of our issues all are open, and none is ever commented on, so that only their order is left to choose.
  const inOrder = asked.get('direction') === 'asc' ? issues : issues.toReversed();
  const [size, page] = [Number(asked.get('per_page') ?? 30), Number(asked.get('page') ?? 1)];
  return { status: 200, body: inOrder.slice((page - 1) * size, page * size) };
}

function open({ issues, name, webAddress }: Repository, text: string): Given {
  const asked = parsed(text);
  if (!isRecord(asked)) return refusal(400, 'Problems parsing JSON');
  const { title, body, labels = [], ...others } = asked;
  const wrong = [
    ...(typeof title === 'string' && title !== '' && title.length <= longestTitleCharacters ? [] : ['title']),
    ...(body === undefined || (typeof body === 'string' && body.length <= longestBodyCharacters) ? [] : ['body']),
    ...(areLabels(labels) ? [] : ['labels']),
    ...Object.keys(others),
  ];
  if (wrong.length > 0 || typeof title !== 'string' || !areLabels(labels)) return refusal(422, `Validation Failed: ${wrong.join(', ')}`);
  const issue: Issue = {
    html_url: `${webAddress}/${name}/issues/${issues.length + 1}`,
    title,
    body: typeof body === 'string' ? body : null,
    labels,
  };
  issues.push(issue);
  return { status: 201, body: issue };
}

function areLabels(labels: unknown): labels is readonly string[] {
  return Array.isArray(labels) && labels.every((each) => typeof each === 'string' && each !== '' && each.length <= longestLabelCharacters);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
