// The house plan as a test: who may import whom, what pure layers may not touch, and how large things may grow.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 60;
const MAX_PARAMETERS = 4;

/** Folder → folders it may import at run time. Types may also come from `TYPES_FROM`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  base: [],
  xml: ['base'],
  mime: ['base'],
  dsig: ['base', 'xml'],
  ebms: ['base', 'xml'],
  agreement: ['base', 'xml'],
  stuf: ['base', 'xml'],
  msh: ['base', 'agreement', 'ebms', 'dsig', 'stuf', 'xml', 'mime'],
  ggk: ['base', 'xml', 'stuf', 'msh', 'agreement', 'ebms'],
  store: ['base', 'msh'],
  xsd: ['base', 'xml', 'stuf'],
  observe: ['base', 'msh'],
  config: ['base', 'msh'],
  transport: ['base', 'msh'],
  keys: ['base', 'dsig'],
  gateway: [
    'base',
    'xml',
    'mime',
    'dsig',
    'ebms',
    'agreement',
    'stuf',
    'msh',
    'ggk',
    'store',
    'xsd',
    'observe',
    'config',
    'transport',
  ],
  worker: ['gateway', 'base', 'msh'],
  api: ['gateway', 'base', 'msh', 'observe', 'store', 'stuf', 'agreement'],
};
const TYPES_FROM: Readonly<Record<string, readonly string[]>> = {
  agreement: ['ebms'],
  dsig: ['ebms'],
  observe: ['store'],
};
const PURE = ['base', 'xml', 'mime', 'dsig', 'ebms', 'agreement', 'stuf', 'msh', 'ggk'];
const FORBIDDEN_IN_PURE = [
  /from 'node:(fs|net|http|https|tls|child_process|worker_threads)/,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /\brandomUUID\b/,
  /\bconsole\./,
  /\bprocess\./,
];
/** node:crypto hashes and reads certificates in these; everywhere else in L0 and L1 it is out. */
const CRYPTO_ALLOWED = ['dsig', 'mime', 'agreement'];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) return sources(path);
    return name.endsWith('.ts') ? [path] : [];
  });
}

const adapter = sources('adapter');
const everything = [...adapter, ...sources('tools'), ...sources('test')];
const moduleOf = (path: string): string => path.split('/')[1] ?? '';

interface Import {
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(path: string): Import[] {
  const text = readFileSync(join(root, path), 'utf8');
  const found = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'/gms)];
  return found.map((m) => ({
    typeOnly: m[1] !== undefined,
    to: relative(root, resolve(root, dirname(path), m[2] ?? '')),
  }));
}

describe('imports go down only (architecture 3.2)', () => {
  test.each(adapter.filter((path) => path.split('/').length > 2))('%s', (path) => {
    const from = moduleOf(path);
    const bad = importsOf(path).filter(({ to, typeOnly }) => {
      const target = moduleOf(to);
      if (!to.startsWith('adapter/')) return true;
      if (target === from) return false;
      const allowed = [...(ALLOWED[from] ?? []), ...(typeOnly ? (TYPES_FROM[from] ?? []) : [])];
      const throughDoor = to.endsWith('/index.ts') || (typeOnly && /\/(types|change|contract)\.ts$/.test(to));
      return !allowed.includes(target) || !throughDoor;
    });
    expect(bad).toEqual([]);
  });
});

describe('L0 and L1 are pure (house rule 2)', () => {
  test.each(adapter.filter((path) => PURE.includes(moduleOf(path))))('%s', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    expect(FORBIDDEN_IN_PURE.filter((pattern) => pattern.test(text)).map(String)).toEqual([]);
    if (!CRYPTO_ALLOWED.includes(moduleOf(path))) expect(text).not.toContain("'node:crypto'");
  });
});

describe('files and functions stay small (architecture 3.10)', () => {
  test.each(everything)('%s', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const tables = /(catalogue|tables?|fixtures)\b/.test(path);
    if (!tables) expect(text.split('\n').length - 1).toBeLessThanOrEqual(MAX_FILE_LINES);
    expect(text).toMatch(/^(#!.*\n)?\/\/ \S|^\/\*\*/);
    if (path.startsWith('test/')) return;
    expect(largeFunctions(path, text)).toEqual([]);
  });
});

function largeFunctions(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isArrowFunction(node)) {
      const lines = text.slice(node.getStart(), node.end).split('\n').length;
      const name = node.name?.getText() ?? 'arrow function';
      if (lines > MAX_FUNCTION_LINES) found.push(`${name}: ${lines} lines`);
      if (node.parameters.length > MAX_PARAMETERS) found.push(`${name}: ${node.parameters.length} parameters`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
