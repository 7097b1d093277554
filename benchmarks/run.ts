/**
 * `npm run bench -- [pods…]` measures lists and whole investigations; `npm run bench -- rules [pods]` what each rule costs;
 * `npm run bench -- page` what the page of the server weighs and how it scrolls.
 */
const suites: { readonly [name: string]: string } = { rules: './rules.ts', page: './page.ts' };
await import(suites[process.argv[2] ?? ''] ?? './lists.ts');
