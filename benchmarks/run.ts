/** `npm run bench -- [pods…]` measures lists and whole investigations; `npm run bench -- rules [pods]` what each rule costs. */
await import(process.argv[2] === 'rules' ? './rules.ts' : './lists.ts');
