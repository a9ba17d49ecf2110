// `npm run docs`: writes the generated parts of README from the code they describe.
import { readFileSync, writeFileSync } from 'node:fs';
import { renderConfigTable } from '../../adapter/config/index.ts';

const START = '<!-- configuration: made by npm run docs -->';
const END = '<!-- end of configuration -->';

const readme = readFileSync('README.md', 'utf8');
const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
if (from < 0 || to < from) throw new Error('README has lost the marks between which the configuration stands');
writeFileSync('README.md', `${readme.slice(0, from + START.length)}\n${renderConfigTable()}\n${readme.slice(to)}`);
